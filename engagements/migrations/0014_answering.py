"""Answers with their own proof, claims apart from confirmations: tables and columns."""

import django.db.models.deletion
import provinces.vietnamese
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('engagements', '0013_deadlines_of_past_rows'),
        ('provinces', '0003_merged_sequence'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Answering',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_inferred', models.BooleanField(default=False, help_text='We conclude that it answers; the text does not say so. Published.', verbose_name='inferred')),
                ('inference', provinces.vietnamese.Prose(blank=True, help_text='From what. Published.', verbose_name='why inferred')),
            ],
            options={
                'verbose_name': 'answer',
                'verbose_name_plural': 'what it answers',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='HistoricalAnswering',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('is_inferred', models.BooleanField(default=False, help_text='We conclude that it answers; the text does not say so. Published.', verbose_name='inferred')),
                ('inference', provinces.vietnamese.Prose(blank=True, help_text='From what. Published.', verbose_name='why inferred')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical answer',
                'verbose_name_plural': 'historical what it answers',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalCommitment_supports',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('m2m_history_id', models.AutoField(primary_key=True, serialize=False)),
            ],
            options={
                'verbose_name': 'HistoricalCommitment_supports',
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.RemoveConstraint(
            model_name='commitment',
            name='engagements_commitment_strength_in_list',
        ),
        migrations.RemoveConstraint(
            model_name='remark',
            name='engagements_remark_type_in_list',
        ),
        migrations.RemoveConstraint(
            model_name='statusupdate',
            name='engagements_statusupdate_status_in_list',
        ),
        migrations.RemoveConstraint(
            model_name='statusupdate',
            name='engagements_statusupdate_voice_in_list',
        ),
        migrations.RemoveConstraint(
            model_name='statusupdate',
            name='statusupdate_answer_only_to_a_request',
        ),
        migrations.AddField(
            model_name='commitment',
            name='is_assigned',
            field=models.BooleanField(default=False, help_text='The text names the unit that is to do it. Published.', verbose_name='a unit was named for it'),
        ),
        migrations.AddField(
            model_name='commitment',
            name='is_general',
            field=models.BooleanField(default=False, help_text='Nobody could settle from papers, on a given day, whether it was done: no clock runs, nobody is asked. Published.', verbose_name='general'),
        ),
        migrations.AddField(
            model_name='commitment',
            name='made_by',
            field=models.CharField(choices=[('ministry', 'The ministry'), ('jointly', 'Both sides together')], default='ministry', help_text='The ministry alone, or both sides together. Published.', max_length=16, verbose_name='who owes it'),
        ),
        migrations.AddField(
            model_name='commitment',
            name='supports',
            field=models.ManyToManyField(blank=True, help_text='Advice that it helps to carry out. Published.', related_name='supported_by', to='engagements.recommendation', verbose_name='supports'),
        ),
        migrations.AddField(
            model_name='edition',
            name='is_general',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='edition',
            name='status_proof',
            field=models.CharField(choices=[('none', 'Nothing reported'), ('reported', 'Reported by who owes it'), ('confirmed', 'Confirmed'), ('disputed', 'Disputed')], default='', max_length=16),
        ),
        migrations.AddField(
            model_name='edition',
            name='voices',
            field=models.CharField(choices=[('none', 'Nobody heard yet'), ('single', 'One voice alone'), ('agree', 'All say the same'), ('differ', 'They say different things')], default='', max_length=16),
        ),
        migrations.AddField(
            model_name='historicalcommitment',
            name='is_assigned',
            field=models.BooleanField(default=False, help_text='The text names the unit that is to do it. Published.', verbose_name='a unit was named for it'),
        ),
        migrations.AddField(
            model_name='historicalcommitment',
            name='is_general',
            field=models.BooleanField(default=False, help_text='Nobody could settle from papers, on a given day, whether it was done: no clock runs, nobody is asked. Published.', verbose_name='general'),
        ),
        migrations.AddField(
            model_name='historicalcommitment',
            name='made_by',
            field=models.CharField(choices=[('ministry', 'The ministry'), ('jointly', 'Both sides together')], default='ministry', help_text='The ministry alone, or both sides together. Published.', max_length=16, verbose_name='who owes it'),
        ),
        migrations.AddField(
            model_name='historicalprovincerequest',
            name='asks_again',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='An earlier request that it repeats. Published.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='engagements.provincerequest', verbose_name='asks again'),
        ),
        migrations.AddField(
            model_name='historicalprovincerequest',
            name='is_general',
            field=models.BooleanField(default=False, help_text='Nobody could settle from papers, on a given day, whether it was done: no clock runs, nobody is asked. Published.', verbose_name='general'),
        ),
        migrations.AddField(
            model_name='historicalrecommendation',
            name='is_general',
            field=models.BooleanField(default=False, help_text='Nobody could settle from papers, on a given day, whether it was done: no clock runs, nobody is asked. Published.', verbose_name='general'),
        ),
        migrations.AddField(
            model_name='historicalstatusupdate',
            name='corrects',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='An earlier update that was wrong: it counts no more, and stays readable, struck through. The text says why. Published.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='engagements.statusupdate', verbose_name='corrects'),
        ),
        migrations.AddField(
            model_name='historicalstatusupdate',
            name='next_by',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='Published.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='provinces.organization', verbose_name='next step by'),
        ),
        migrations.AddField(
            model_name='historicalstatusupdate',
            name='next_on',
            field=models.DateField(blank=True, help_text='Published.', null=True, verbose_name='next step on'),
        ),
        migrations.AddField(
            model_name='historicalstatusupdate',
            name='next_step',
            field=provinces.vietnamese.Line(blank=True, help_text='Published.', max_length=200, verbose_name='next step'),
        ),
        migrations.AddField(
            model_name='historicalstatusupdate',
            name='passed_to',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='The organization that is to deal with it from now on. Published.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='provinces.organization', verbose_name='passed to'),
        ),
        migrations.AddField(
            model_name='historicalstatusupdate',
            name='response',
            field=models.CharField(blank=True, choices=[('none_yet', 'Nothing heard yet'), ('taken_up', 'Taken up'), ('in_part', 'Taken up in part'), ('not_taken_up', 'Not taken up')], help_text='Only for advice: whether the province took it up. Published.', max_length=16, verbose_name='what became of the advice'),
        ),
        migrations.AddField(
            model_name='provincerequest',
            name='asks_again',
            field=models.ForeignKey(blank=True, help_text='An earlier request that it repeats. Published.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='asked_again', to='engagements.provincerequest', verbose_name='asks again'),
        ),
        migrations.AddField(
            model_name='provincerequest',
            name='is_general',
            field=models.BooleanField(default=False, help_text='Nobody could settle from papers, on a given day, whether it was done: no clock runs, nobody is asked. Published.', verbose_name='general'),
        ),
        migrations.AddField(
            model_name='recommendation',
            name='is_general',
            field=models.BooleanField(default=False, help_text='Nobody could settle from papers, on a given day, whether it was done: no clock runs, nobody is asked. Published.', verbose_name='general'),
        ),
        migrations.AddField(
            model_name='statusupdate',
            name='corrects',
            field=models.OneToOneField(blank=True, help_text='An earlier update that was wrong: it counts no more, and stays readable, struck through. The text says why. Published.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrected_by', to='engagements.statusupdate', verbose_name='corrects'),
        ),
        migrations.AddField(
            model_name='statusupdate',
            name='next_by',
            field=models.ForeignKey(blank=True, help_text='Published.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='provinces.organization', verbose_name='next step by'),
        ),
        migrations.AddField(
            model_name='statusupdate',
            name='next_on',
            field=models.DateField(blank=True, help_text='Published.', null=True, verbose_name='next step on'),
        ),
        migrations.AddField(
            model_name='statusupdate',
            name='next_step',
            field=provinces.vietnamese.Line(blank=True, help_text='Published.', max_length=200, verbose_name='next step'),
        ),
        migrations.AddField(
            model_name='statusupdate',
            name='passed_to',
            field=models.ForeignKey(blank=True, help_text='The organization that is to deal with it from now on. Published.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='provinces.organization', verbose_name='passed to'),
        ),
        migrations.AddField(
            model_name='statusupdate',
            name='response',
            field=models.CharField(blank=True, choices=[('none_yet', 'Nothing heard yet'), ('taken_up', 'Taken up'), ('in_part', 'Taken up in part'), ('not_taken_up', 'Not taken up')], help_text='Only for advice: whether the province took it up. Published.', max_length=16, verbose_name='what became of the advice'),
        ),
        migrations.AlterField(
            model_name='commitment',
            name='strength',
            field=models.CharField(choices=[('explicit', 'Explicit promise'), ('offer', 'Offer'), ('implied', 'Implied')], help_text='Published.', max_length=16, verbose_name='strength'),
        ),
        migrations.AlterField(
            model_name='edition',
            name='answer',
            field=models.CharField(choices=[('promised', 'Promised'), ('offered', 'Offered'), ('advised', 'Advised'), ('explained', 'Explained'), ('passed_on', 'Passed on'), ('declined', 'Declined'), ('possibly_answered', 'Possibly answered, inferred'), ('unanswered', 'No answer recorded')], default='', max_length=20),
        ),
        migrations.AlterField(
            model_name='edition',
            name='strength',
            field=models.CharField(choices=[('explicit', 'Explicit promise'), ('offer', 'Offer'), ('implied', 'Implied')], default='', max_length=16),
        ),
        migrations.AlterField(
            model_name='historicalcommitment',
            name='strength',
            field=models.CharField(choices=[('explicit', 'Explicit promise'), ('offer', 'Offer'), ('implied', 'Implied')], help_text='Published.', max_length=16, verbose_name='strength'),
        ),
        migrations.AlterField(
            model_name='historicalremark',
            name='type',
            field=models.CharField(choices=[('question', 'Question'), ('explanation', 'Explanation'), ('difficulty', 'Difficulty'), ('advantage', 'Advantage'), ('assessment', 'Assessment'), ('intention', "The province's own intention"), ('target', 'Target'), ('other', 'Other')], help_text='Published.', max_length=16, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='historicalstatusupdate',
            name='answer',
            field=models.CharField(blank=True, choices=[('explained', 'Explained'), ('passed_on', 'Passed on'), ('declined', 'Declined')], help_text='Only for a request: a formal answer to it. Published.', max_length=16, verbose_name='answer'),
        ),
        migrations.AlterField(
            model_name='historicalstatusupdate',
            name='status',
            field=models.CharField(blank=True, choices=[('unknown', 'No information yet'), ('not_started', 'Not started'), ('in_progress', 'In progress'), ('partly_done', 'Partly done'), ('done', 'Done'), ('paused', 'Paused'), ('dropped', 'Not to be done'), ('transferred', 'Transferred to another body')], help_text='Left empty: it says nothing of the status. Published.', max_length=16, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='historicalstatusupdate',
            name='voice',
            field=models.CharField(choices=[('ministry', 'Ministry'), ('province', 'Province'), ('independent', 'Independent'), ('other', 'Somebody else')], help_text='Published.', max_length=16, verbose_name='whose voice'),
        ),
        migrations.AlterField(
            model_name='remark',
            name='type',
            field=models.CharField(choices=[('question', 'Question'), ('explanation', 'Explanation'), ('difficulty', 'Difficulty'), ('advantage', 'Advantage'), ('assessment', 'Assessment'), ('intention', "The province's own intention"), ('target', 'Target'), ('other', 'Other')], help_text='Published.', max_length=16, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='statusupdate',
            name='answer',
            field=models.CharField(blank=True, choices=[('explained', 'Explained'), ('passed_on', 'Passed on'), ('declined', 'Declined')], help_text='Only for a request: a formal answer to it. Published.', max_length=16, verbose_name='answer'),
        ),
        migrations.AlterField(
            model_name='statusupdate',
            name='status',
            field=models.CharField(blank=True, choices=[('unknown', 'No information yet'), ('not_started', 'Not started'), ('in_progress', 'In progress'), ('partly_done', 'Partly done'), ('done', 'Done'), ('paused', 'Paused'), ('dropped', 'Not to be done'), ('transferred', 'Transferred to another body')], help_text='Left empty: it says nothing of the status. Published.', max_length=16, verbose_name='status'),
        ),
        migrations.AlterField(
            model_name='statusupdate',
            name='voice',
            field=models.CharField(choices=[('ministry', 'Ministry'), ('province', 'Province'), ('independent', 'Independent'), ('other', 'Somebody else')], help_text='Published.', max_length=16, verbose_name='whose voice'),
        ),
        migrations.AddConstraint(
            model_name='remark',
            constraint=models.CheckConstraint(condition=models.Q(('type__in', ['question', 'explanation', 'difficulty', 'advantage', 'assessment', 'intention', 'target', 'other'])), name='engagements_remark_type_in_list', violation_error_message='The value is not in the list.'),
        ),
        migrations.AddField(
            model_name='answering',
            name='commitment',
            field=models.ForeignKey(blank=True, help_text='Published.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='answerings', to='engagements.commitment', verbose_name='commitment'),
        ),
        migrations.AddField(
            model_name='answering',
            name='explanation',
            field=models.ForeignKey(blank=True, help_text='Published.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='answerings', to='engagements.remark', verbose_name='explanation'),
        ),
        migrations.AddField(
            model_name='answering',
            name='question',
            field=models.ForeignKey(blank=True, help_text='Published.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answered', to='engagements.remark', verbose_name='question'),
        ),
        migrations.AddField(
            model_name='answering',
            name='recommendation',
            field=models.ForeignKey(blank=True, help_text='Published.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='answerings', to='engagements.recommendation', verbose_name='recommendation'),
        ),
        migrations.AddField(
            model_name='answering',
            name='request',
            field=models.ForeignKey(blank=True, help_text='Published.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answered', to='engagements.provincerequest', verbose_name='request'),
        ),
        migrations.AddField(
            model_name='answering',
            name='session',
            field=models.ForeignKey(blank=True, help_text='Published.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='answerings', to='engagements.meeting', verbose_name='whole session'),
        ),
        migrations.AddField(
            model_name='historicalstatusupdate',
            name='takes_back',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='The answer that this one ends. A refusal by the ministry ends all of its earlier answers, unless one is chosen here. Published.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='engagements.answering', verbose_name='takes back'),
        ),
        migrations.AddField(
            model_name='statusupdate',
            name='takes_back',
            field=models.ForeignKey(blank=True, help_text='The answer that this one ends. A refusal by the ministry ends all of its earlier answers, unless one is chosen here. Published.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='taken_back_by', to='engagements.answering', verbose_name='takes back'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(('made_by__in', ['ministry', 'jointly'])), name='engagements_commitment_made_by_in_list', violation_error_message='The value is not in the list.'),
        ),
        migrations.AddConstraint(
            model_name='statusupdate',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['unknown', 'not_started', 'in_progress', 'partly_done', 'done', 'paused', 'dropped', 'transferred', ''])), name='engagements_statusupdate_status_in_list', violation_error_message='The value is not in the list.'),
        ),
        migrations.AddConstraint(
            model_name='statusupdate',
            constraint=models.CheckConstraint(condition=models.Q(('response__in', ['none_yet', 'taken_up', 'in_part', 'not_taken_up', ''])), name='engagements_statusupdate_response_in_list', violation_error_message='The value is not in the list.'),
        ),
        migrations.AddConstraint(
            model_name='statusupdate',
            constraint=models.CheckConstraint(condition=models.Q(('voice__in', ['ministry', 'province', 'independent', 'other'])), name='engagements_statusupdate_voice_in_list', violation_error_message='The value is not in the list.'),
        ),
        migrations.AddConstraint(
            model_name='statusupdate',
            constraint=models.CheckConstraint(condition=models.Q(('response', ''), ('recommendation__isnull', False), _connector='OR'), name='statusupdate_response_only_to_advice', violation_error_message='Only advice is taken up or not.'),
        ),
        migrations.AddConstraint(
            model_name='statusupdate',
            constraint=models.CheckConstraint(condition=models.Q(('takes_back', None), models.Q(('answer', ''), _negated=True), _connector='OR'), name='statusupdate_takes_back_by_an_answer', violation_error_message='Only a formal answer takes an earlier answer back.'),
        ),
        migrations.AddConstraint(
            model_name='statusupdate',
            constraint=models.CheckConstraint(condition=models.Q(('passed_to', None), ('answer', 'passed_on'), ('status', 'transferred'), _connector='OR'), name='statusupdate_passed_to_says_so', violation_error_message='It is passed to somebody only where the answer or the status says so.'),
        ),
        migrations.AddConstraint(
            model_name='statusupdate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('next_step', ''), _negated=True), models.Q(('next_by', None), ('next_on', None)), _connector='OR'), name='statusupdate_next_step_in_words', violation_error_message='A next step is given in words.'),
        ),
        migrations.AddConstraint(
            model_name='statusupdate',
            constraint=models.CheckConstraint(condition=models.Q(('answer', ''), models.Q(('answer__in', ['explained', 'passed_on', 'declined']), ('request__isnull', False)), _connector='OR'), name='statusupdate_answer_only_to_a_request', violation_error_message='Only a request is answered formally.'),
        ),
        migrations.AddField(
            model_name='historicalanswering',
            name='commitment',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='Published.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='engagements.commitment', verbose_name='commitment'),
        ),
        migrations.AddField(
            model_name='historicalanswering',
            name='explanation',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='Published.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='engagements.remark', verbose_name='explanation'),
        ),
        migrations.AddField(
            model_name='historicalanswering',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalanswering',
            name='question',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='Published.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='engagements.remark', verbose_name='question'),
        ),
        migrations.AddField(
            model_name='historicalanswering',
            name='recommendation',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='Published.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='engagements.recommendation', verbose_name='recommendation'),
        ),
        migrations.AddField(
            model_name='historicalanswering',
            name='request',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='Published.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='engagements.provincerequest', verbose_name='request'),
        ),
        migrations.AddField(
            model_name='historicalanswering',
            name='session',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='Published.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='engagements.meeting', verbose_name='whole session'),
        ),
        migrations.AddField(
            model_name='historicalcommitment_supports',
            name='commitment',
            field=models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='engagements.commitment'),
        ),
        migrations.AddField(
            model_name='historicalcommitment_supports',
            name='history',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to='engagements.historicalcommitment'),
        ),
        migrations.AddField(
            model_name='historicalcommitment_supports',
            name='recommendation',
            field=models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='engagements.recommendation'),
        ),
        migrations.AddConstraint(
            model_name='answering',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('commitment__isnull', False), ('explanation', None), ('recommendation', None), ('session', None)), models.Q(('commitment', None), ('explanation', None), ('recommendation__isnull', False), ('session', None)), models.Q(('commitment', None), ('explanation__isnull', False), ('recommendation', None), ('session', None)), models.Q(('commitment', None), ('explanation', None), ('recommendation', None), ('session__isnull', False)), _connector='OR'), name='answering_one_answers', violation_error_message='One thing answers: an item, a remark or a session.'),
        ),
        migrations.AddConstraint(
            model_name='answering',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('question', None), ('request__isnull', False)), models.Q(('question__isnull', False), ('request', None)), _connector='OR'), name='answering_one_is_answered', violation_error_message='It answers one request, or one question.'),
        ),
        migrations.AddConstraint(
            model_name='answering',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_inferred', True), models.Q(('inference', ''), _negated=True)), models.Q(('is_inferred', False), ('inference', '')), _connector='OR'), name='answering_inferred_says_why', violation_error_message="What is inferred says why; what is not, doesn't."),
        ),
        migrations.AddConstraint(
            model_name='answering',
            constraint=models.CheckConstraint(condition=models.Q(('session', None), ('is_inferred', True), _connector='OR'), name='answering_session_is_inferred', violation_error_message='That a whole session answers is always inferred.'),
        ),
        migrations.AddConstraint(
            model_name='answering',
            constraint=models.UniqueConstraint(fields=('commitment', 'request'), name='answering_commitment_request_once', violation_error_message='It answers this already.'),
        ),
        migrations.AddConstraint(
            model_name='answering',
            constraint=models.UniqueConstraint(fields=('commitment', 'question'), name='answering_commitment_question_once', violation_error_message='It answers this already.'),
        ),
        migrations.AddConstraint(
            model_name='answering',
            constraint=models.UniqueConstraint(fields=('recommendation', 'request'), name='answering_recommendation_request_once', violation_error_message='It answers this already.'),
        ),
        migrations.AddConstraint(
            model_name='answering',
            constraint=models.UniqueConstraint(fields=('recommendation', 'question'), name='answering_recommendation_question_once', violation_error_message='It answers this already.'),
        ),
        migrations.AddConstraint(
            model_name='answering',
            constraint=models.UniqueConstraint(fields=('explanation', 'request'), name='answering_explanation_request_once', violation_error_message='It answers this already.'),
        ),
        migrations.AddConstraint(
            model_name='answering',
            constraint=models.UniqueConstraint(fields=('explanation', 'question'), name='answering_explanation_question_once', violation_error_message='It answers this already.'),
        ),
        migrations.AddConstraint(
            model_name='answering',
            constraint=models.UniqueConstraint(fields=('session', 'request'), name='answering_session_request_once', violation_error_message='It answers this already.'),
        ),
        migrations.AddConstraint(
            model_name='answering',
            constraint=models.UniqueConstraint(fields=('session', 'question'), name='answering_session_question_once', violation_error_message='It answers this already.'),
        ),
    ]
