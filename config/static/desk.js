/* The desk's forms for the keyboard and for screen readers, that of a session above all. Without
   this file everything can be entered too. */
"use strict";
{
    const $ = django.jQuery;
    const KINDS = ["attendances", "provincerequests", "commitments", "recommendations", "remarks", "figures"];
    const form = () => document.querySelector(".change-form #content-main > form[method=post]");
    const session = () => document.getElementById("meeting_form");
    const group = (kind) => document.getElementById(`${kind}-group`);
    let changed = false;
    let last = null; // the kind, or the box of lines, that was worked on last

    // -- boxes of choices have no name of their own: that of the field they stand for

    function nameBoxes(within) {
        for (const select of within.querySelectorAll("select.admin-autocomplete")) {
            const label = document.querySelector(`label[for="${select.id}"]`);
            const box = select.nextElementSibling;
            if (!label || !box || !box.matches(".select2-container")) {
                continue;
            }
            label.id = `${select.id}_label`;
            const single = box.querySelector(".select2-selection--single");
            if (single) {
                const shown = single.querySelector(".select2-selection__rendered");
                single.setAttribute("aria-labelledby", `${label.id} ${shown.id}`);
                shown.setAttribute("aria-labelledby", label.id);
            } else {
                box.querySelector(".select2-search__field")?.setAttribute("aria-labelledby", label.id);
            }
        }
    }

    // -- where the next thing is typed

    function focusIn(row) {
        const select = row.querySelector("select.admin-autocomplete");
        const plain = row.querySelector("input:not([type=hidden]), textarea, select:not(.admin-autocomplete)");
        const first = select && (!plain || select.compareDocumentPosition(plain) & Node.DOCUMENT_POSITION_FOLLOWING)
            ? row.querySelector(".select2-selection") || select
            : plain;
        if (first) {
            first.focus();
            row.scrollIntoView({ block: "center" });
        }
    }

    function opened(kind) {
        const details = group(kind) && group(kind).querySelector("details");
        if (details) {
            details.open = true;
        }
        return group(kind);
    }

    function addRow(kind) {
        const link = opened(kind) && group(kind).querySelector(".add-row a");
        if (link) {
            link.click(); // the row is focused when it is there: formset:added
        }
    }

    document.addEventListener("formset:added", (event) => {
        opened(event.detail.formsetName);
        queueMicrotask(() => { // its boxes are made by others who listen; the next key finds it ready
            nameBoxes(event.target);
            focusIn(event.target);
        });
    });

    // What came back with an error is looked at first, however long the form is.
    function focusError(note) {
        for (const error of form().querySelectorAll("details .errorlist")) {
            error.closest("details").open = true;
        }
        const seen = [...form().querySelectorAll(".errorlist")].filter((one) => one.getClientRects().length);
        const error = seen.find((one) => one.closest(".form-row, .inline-related")) || seen[0] || note;
        if (error.closest(".form-row, .inline-related")) {
            focusIn(error.parentElement);
        } else {
            error.tabIndex = -1;
            error.focus();
        }
        error.scrollIntoView({ block: "center" });
    }

    function focusNext() {
        const next = new URLSearchParams(location.search).get("next");
        const box = next && document.getElementById(`id_${next}`);
        if (box && box.closest(".fast")) {
            box.focus();
        } else if (KINDS.includes(next) && opened(next)) {
            const rows = group(next).querySelectorAll(".inline-related:not(.empty-form):not(.has_original)");
            if (rows.length) {
                focusIn(rows[rows.length - 1]);
            } else {
                addRow(next);
            }
        }
    }

    // -- keys: Ctrl+S saves, Ctrl+Enter saves and goes on; in a session's form Ctrl+Alt+0 fast
    // entry, 1 to 6 a new row of that kind

    // The first of the buttons that stands there: a small window has none but the last.
    function press(...names) {
        const all = names.map((name) => form().querySelector(`input[type=submit][name="${name}"]`));
        const button = all.find(Boolean);
        button?.click();
        return Boolean(button);
    }

    document.addEventListener("keydown", (event) => {
        const digit = /^(?:Digit|Numpad)([0-6])$/.exec(event.code);
        if (!form() || !event.ctrlKey || event.shiftKey || event.metaKey) {
            return;
        }
        if (event.altKey && digit && session()) {
            event.preventDefault();
            if (digit[1] === "0") {
                form().querySelector(".fast textarea")?.focus();
            } else {
                addRow(KINDS[Number(digit[1]) - 1]);
            }
        } else if (!event.altKey && event.code === "KeyS" && press("_continue", "_save")) {
            event.preventDefault();
        } else if (!event.altKey && event.key === "Enter" && press("_addanother", "_continue", "_save")) {
            event.preventDefault();
        }
    });

    // A closed box of choices opens when one begins to type into it.
    document.addEventListener("keydown", (event) => {
        const box = event.target.closest && event.target.closest(".select2-selection--single");
        if (box && event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey) {
            event.preventDefault();
            $(box).closest(".select2-container").prev("select").select2("open");
            const search = document.querySelector(".select2-container--open .select2-search__field");
            search.value = event.key;
            search.focus();
            $(search).trigger("input");
        }
    }, true);

    // -- the title of the day, side and body of who is put into a row

    async function fillSeat(select) {
        const row = select.closest(".inline-related");
        const part = (name) => row.querySelector(`[name$="-${name}"]`);
        if (!select.value || part("title").value) {
            return;
        }
        const asked = new URLSearchParams({ official: select.value });
        for (const name of ["held_on", "planned_from", "ministry", "provinces"]) {
            const field = form().elements[name];
            const values = field && (field.multiple ? [...field.selectedOptions].map((one) => one.value) : [field.value]);
            (values || []).filter(Boolean).forEach((value) => asked.append(name, value));
        }
        const desk = location.pathname.replace(/(?:add|\d+\/change)\/$/, "seat/");
        const answer = await fetch(`${desk}?${asked}`, { headers: { Accept: "application/json" } });
        const seat = answer.ok ? await answer.json() : {};
        if (!seat.title || part("title").value) {
            return;
        }
        part("title").value = seat.title;
        if (!part("organization").value) {
            const body = new Option(seat.organization.text, seat.organization.id, true, true);
            $(part("organization")).append(body).trigger("change");
        }
        if (!part("side").value) {
            part("side").value = seat.side;
        }
    }

    $(document).on("change", "select[name^='attendances-'][name$='-official']", (event) => fillSeat(event.target));

    // -- a request that is taken off the form: what names its number follows the rows that move up

    document.addEventListener("click", (event) => {
        const link = event.target.closest && event.target.closest("#provincerequests-group a.inline-deletelink");
        if (!link) {
            return;
        }
        const rows = [...group("provincerequests").querySelectorAll(".inline-related:not(.empty-form)")];
        const gone = rows.indexOf(link.closest(".inline-related")) + 1;
        for (const box of form().querySelectorAll("input[name$='-answers_lines']")) {
            const numbers = (box.value.match(/\d+/g) || []).map(Number);
            box.value = numbers.filter((one) => one !== gone).map((one) => (one > gone ? one - 1 : one)).join(", ");
        }
    }, true);

    // -- nothing typed is left behind unseen

    window.addEventListener("beforeunload", (event) => {
        if (changed) {
            event.preventDefault();
        }
    });

    function start() {
        nameBoxes(document);
        if (!form()) {
            return;
        }
        const note = form().querySelector(".errornote");
        // What was read into the form is as unsaved as what is typed.
        changed = Boolean(note || form().querySelector(".read-in [role=status]"));
        form().addEventListener("input", () => { changed = true; });
        $(form()).on("change", () => { changed = true; });
        form().addEventListener("focusin", (event) => {
            const box = event.target.closest(".fast textarea");
            const rows = event.target.closest(".js-inline-admin-formset");
            last = box ? box.name : rows ? rows.id.replace(/-group$/, "") : last;
        });
        form().addEventListener("submit", () => {
            changed = false;
            if (last && session()) {
                const kind = document.createElement("input");
                Object.assign(kind, { type: "hidden", name: "_kind", value: last });
                form().append(kind);
            }
        });
        if (!note) {
            focusNext();
        } else if (document.readyState === "complete") {
            focusError(note);
        } else {
            window.addEventListener("load", () => focusError(note)); // the stock script is done then
        }
    }

    $(() => setTimeout(start)); // after the others who make boxes when the page is ready
}
