#!/usr/bin/env bash
# Message catalogues: gettext collects what is marked for translation and compiles the Vietnamese.
#
#   words.sh          brings locale/ up to what the code and its add-ons hold, then compiles it
#   words.sh --check  changes nothing; names what is not translated or not up to date, and fails
#
# locale/vi has our own words, locale/add_ons/vi those that installed add-ons leave in English.
# The compiled catalogues are kept, so that running needs no gettext.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
python=$root/.venv/bin/python
catalogues=(locale/vi/LC_MESSAGES/django locale/add_ons/vi/LC_MESSAGES/django{,js})

if ! command -v xgettext >/dev/null; then
    echo "Translations need gettext, which is missing here (apt-get install gettext)." >&2
    [ "${1:-}" = --check ] && [ "${REQUIRE_ALL:-}" != 1 ]
    exit
fi

# Everything is made in a copy, with which the kept catalogues are then compared or replaced.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch"/{tree,add_ons/locale}
cp -R config engagements provinces templates locale manage.py "$scratch/tree"
cd "$scratch/tree"
unset DATABASE_URL DJANGO_SETTINGS_MODULE
export DEBUG=1
collect=(makemessages -l vi --no-wrap --no-obsolete -v 0)
"$python" manage.py "${collect[@]}" --no-location

# Django's own parts bring an English catalogue, of which the pages and the desk show these sources;
# the other add-ons are read as our code is.
packages=$("$python" -c 'import django, pathlib; print(pathlib.Path(django.__file__).parent.parent)')
shown=(-N 'contrib/*/*' -N 'core/*' -N 'db/models/*' -N 'forms/*' -N 'template/*' -N 'utils/*')
shown+=(-N 'views/*' -N 'views/generic/*')
msggrep "${shown[@]}" "$packages/django/conf/locale/en/LC_MESSAGES/django.po" >"$scratch/shown.po"
cp -R "$packages"/{django_filters,simple_history,rest_framework/exceptions.py} "$scratch/add_ons"
rm -rf "$scratch"/add_ons/*/locale
(cd "$scratch/add_ons" && "$python" -m django "${collect[@]}")

left_in_english() { # domain, catalogues of what add-ons mark; ours or Django's Vietnamese may know it
    local catalogue=locale/add_ons/vi/LC_MESSAGES/$1.po own=locale/vi/LC_MESSAGES/$1.po folder
    local known=()
    [ ! -e "$own" ] || known+=(--compendium="$own")
    for folder in "$packages"/django/{conf,contrib/{admin,auth,contenttypes,sessions}}/locale; do
        [ -e "$folder/vi/LC_MESSAGES/$1.mo" ] || continue
        known+=("--compendium=$scratch/known-$1-${#known[@]}.po")
        msgunfmt -o "${known[-1]#*=}" "$folder/vi/LC_MESSAGES/$1.mo"
    done
    printf 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n' >"$scratch/empty.po"
    msgcat --use-first "${@:2}" >"$scratch/marked.po"
    msgmerge -qN "${known[@]}" "$scratch/empty.po" "$scratch/marked.po" |
        msgattrib --untranslated --no-obsolete >"$scratch/left.po"
    msgmerge -qN --no-location --no-wrap "$catalogue" "$scratch/left.po" |
        msgattrib --no-obsolete --no-wrap >"$scratch/$1.po"
    mv "$scratch/$1.po" "$catalogue"
}
contrib=("$packages"/django/contrib/{admin,auth,contenttypes,sessions}/locale/en/LC_MESSAGES)
left_in_english django "$scratch/shown.po" "${contrib[@]/%//django.po}" \
    "$scratch/add_ons/locale/vi/LC_MESSAGES/django.po"
left_in_english djangojs "${contrib[0]}/djangojs.po"

# In the order of the messages: a module that moves changes no line.
for catalogue in "${catalogues[@]}"; do
    msgcat --sort-output --no-wrap "$catalogue.po" | sed '/^"POT-Creation-Date/d' >"$scratch/sorted.po"
    mv "$scratch/sorted.po" "$catalogue.po"
    rm -f "$catalogue.mo"
done
"$python" manage.py compilemessages -l vi -v 0

if [ "${1:-}" != --check ]; then
    for catalogue in "${catalogues[@]}"; do
        cp "$catalogue".{po,mo} "$root/${catalogue%/*}"
    done
fi

failed=0
for catalogue in "${catalogues[@]}"; do
    for kind in untranslated only-fuzzy; do
        open=$(msgattrib --$kind --no-wrap "$catalogue.po" | sed '1,/^$/d')
        if [ -n "$open" ]; then
            printf '%s.po, %s:\n%s\n' "$catalogue" "${kind#only-}" "$open"
            failed=1
        fi
    done
    # Compared as messages: neither wrapping nor the version of gettext counts.
    for kept in "$root/$catalogue.mo" <(msgfmt -o - "$root/$catalogue.po"); do
        if [ $failed = 0 ] && ! diff <(msgunfmt "$kept") <(msgunfmt "$catalogue.mo") >/dev/null; then
            echo "$catalogue is not what the code holds, or not compiled: make words"
            failed=1
        fi
    done
done >&2
exit $failed
