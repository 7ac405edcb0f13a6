/* The text of the source beside a form: what is selected there becomes paragraph and quotation of
   the item that was worked on last, or of a new one. evidence-picker.js tells what is selected.

   An item is whatever has boxes for source, paragraph and quotation: the record of the form, or a
   row in it. Shown is the source of that item, else that of the record. */
"use strict";
{
    const $ = django.jQuery;
    const beside = document.getElementById("source-beside");
    const details = beside.querySelector("details");
    const part = (selector) => beside.querySelector(selector);
    const taking = part(".beside-taking");
    const form = document.querySelector("#content-main > form[method=post]");
    const KIND_BUTTONS = [...beside.querySelectorAll("[data-kind]")];
    const WIDE = matchMedia("(width >= 1100px)");
    const WORD = /[\p{L}\p{N}]/u;
    const MARKS = /[“”„"«»]/u;
    let shown = ""; // key of the source
    let atHand = null; // the item, or {line: box} of fast entry
    let picked = null; // the last selection
    let isClosedByHand = false;
    const steps = []; // what was written, to be taken back

    const say = (name, values = {}) => beside.dataset[name].replace(/\{(\w+)\}/g, (_all, key) => values[key]);
    const tell = (text) => { part("[data-told]").textContent = text; };
    const tellWhoHears = (text) => { part("[data-heard]").textContent = text; };
    const pane = () => part("[data-evidence]");

    // -- items

    function itemIn(row) {
        const [source, paragraph, quote] = row
            ? ["source", "paragraph", "quote"].map((name) => row.querySelector(`[name$="-${name}"]`))
            : ["source", "paragraph", "quote"].map((name) => form.elements[name]);
        return source && paragraph && quote
            ? { frame: row || quote.closest("fieldset"), source, paragraph, quote }
            : null;
    }

    const rowOf = (node) => node.closest(".inline-related:not(.tabular), tr.form-row");
    const record = () => itemIn(null);

    function items() {
        const rows = [...form.querySelectorAll('[name$="-quote"]')].map(rowOf).filter((row) => row && !row.matches(".empty-form"));
        return [record(), ...rows.map(itemIn)].filter(Boolean);
    }

    function nameOf(item) {
        if (item.line) {
            return say("line");
        }
        if (!rowOf(item.quote)) {
            return say("name");
        }
        const words = (selector) => item.frame.querySelector(selector)?.textContent.trim() || "";
        return `${words("h3 b")} ${words(".inline_label")}`.trim();
    }

    const sourceOf = (item) => item?.source?.value || record()?.source.value || "";

    function atHandNow() {
        if (atHand && !(atHand.line || atHand.quote).isConnected) {
            atHand = null;
        }
        return atHand;
    }

    function takeInHand(item) {
        for (const frame of form.querySelectorAll(".is-at-hand")) {
            frame.classList.remove("is-at-hand");
        }
        atHand = item;
        (item.line || item.frame).classList.add("is-at-hand");
        showTarget();
        show().then(reveal);
    }

    function showTarget() {
        const item = atHandNow();
        const button = part("[data-take]");
        button.hidden = !item;
        button.querySelector("span").textContent = item ? nameOf(item) : "";
    }

    form.addEventListener("focusin", (event) => {
        const line = event.target.closest(".fast textarea");
        const row = rowOf(event.target);
        const item = line ? { line } : itemIn(row);
        const before = atHandNow();
        if (item && (item.line || item.quote) !== (before?.line || before?.quote)) {
            takeInHand(item);
        }
    });

    // -- the text

    async function show() {
        const key = sourceOf(atHandNow());
        if (key === shown) {
            return;
        }
        shown = key;
        forget();
        part(".beside-text").replaceChildren();
        if (!key) {
            beside.dataset.state = "none";
            return;
        }
        beside.dataset.state = "loading";
        let text = "";
        try {
            const address = beside.dataset.address.replace("/0/", `/${encodeURIComponent(key)}/`);
            const answer = await fetch(`${address}?part=1`, { cache: "no-store" });
            text = answer.ok && !answer.redirected ? await answer.text() : "";
        } catch { /* the network is away: said below */ }
        if (key !== shown) {
            return; // another was chosen meanwhile
        }
        if (text) {
            part(".beside-text").innerHTML = text;
        } else {
            part(".beside-text").textContent = say("refused");
            shown = "";
        }
        beside.dataset.state = pane() ? "text" : "empty";
        details.open = details.open || ((WIDE.matches || !pane()) && !isClosedByHand);
        check();
    }

    details.querySelector("summary").addEventListener("click", () => { isClosedByHand = details.open; });

    // -- where quotations stand in it

    const plain = (text) => text.normalize("NFC").replaceAll("Ð", "Đ").split(/\s+/u).filter(Boolean).join(" ");

    function placesOf(quote) {
        const wanted = plain(quote);
        const places = [];
        for (const element of beside.querySelectorAll("[data-paragraph]")) {
            const text = element.textContent;
            for (let start = text.indexOf(wanted); start >= 0; start = text.indexOf(wanted, start + 1)) {
                const end = start + wanted.length;
                const isCut = (a, b) => WORD.test(text[a] || "") && WORD.test(text[b] || "");
                if (!isCut(start - 1, start) && !isCut(end - 1, end)) {
                    places.push({ element, start, end, paragraph: Number(element.dataset.paragraph) });
                    break;
                }
            }
        }
        return places;
    }

    function placeOf(item) {
        const places = item.quote.value.trim() ? placesOf(item.quote.value) : [];
        return places.find((place) => place.paragraph === Number(item.paragraph.value)) || places[0];
    }

    function paint(name, places) {
        if (CSS.highlights) {
            const ranges = places.map(({ element, start, end }) => EvidencePicker.range(element, start, end));
            CSS.highlights.set(name, new Highlight(...ranges));
        }
    }

    // Says of each quotation from the shown source whether it stands there, and underlines it.
    function check() {
        const places = [];
        for (const item of pane() ? items() : []) {
            if (sourceOf(item) !== shown) {
                continue;
            }
            const place = placeOf(item);
            const given = item.paragraph.value;
            let wrong = "";
            if (item.quote.value.trim() && !place) {
                wrong = say("lost");
            } else if (place) {
                places.push(place);
                wrong = given && Number(given) !== place.paragraph ? say("elsewhere", { n: place.paragraph }) : "";
            }
            note(item.quote, wrong);
        }
        paint("evidence-used", places);
    }

    function note(box, text) {
        const id = `${box.id}_not_in_text`;
        const others = (box.getAttribute("aria-describedby") || "").split(" ").filter((one) => one && one !== id);
        document.getElementById(id)?.remove();
        if (text) {
            const told = Object.assign(document.createElement("p"), { id, className: "not-in-text", textContent: text });
            (box.closest(".flex-container") || box).after(told);
            others.push(id);
        }
        box.setAttribute("aria-describedby", others.join(" "));
        if (!others.length) {
            box.removeAttribute("aria-describedby");
        }
    }

    // Brings the quotation of the item at hand into view, and goes on from there.
    function reveal() {
        const item = atHandNow();
        const place = item?.quote && pane() && sourceOf(item) === shown ? placeOf(item) : null;
        paint("evidence-at-hand", place ? [place] : []);
        if (!place) {
            return;
        }
        EvidencePicker.stand(place.element, place.start);
        const box = pane().getBoundingClientRect();
        const where = EvidencePicker.range(place.element, place.start, place.end).getBoundingClientRect();
        if (where.top < box.top || where.bottom > box.bottom) {
            pane().scrollTop += where.top - box.top - box.height / 3;
        }
    }

    // -- what is selected

    function forget() {
        picked = null;
        taking.hidden = true;
    }

    beside.addEventListener("evidence:selected", (event) => {
        picked = event.detail;
        EvidencePicker.stand(event.target, picked.start);
        const notes = [
            say("paragraph", { n: picked.paragraph }),
            say("words", { n: picked.quote.split(" ").length }),
            ...(picked.isCut ? [say("cut")] : []),
            ...(picked.isSeveral ? [say("several")] : []),
        ].join(" · ");
        taking.querySelector("blockquote").textContent = `“${picked.quote}”`;
        taking.querySelector("p").textContent = notes;
        taking.hidden = false;
        showTarget();
        tell("");
        tellWhoHears(`${notes}: “${picked.quote}”`);
        point(event.target, picked.start);
    });

    // The sentence at hand, for a screen reader.
    function point(element, offset) {
        let left = offset;
        const options = [...element.querySelectorAll("[role=option]")];
        const option = options.find((one) => (left -= one.textContent.length) < 0) || options[0];
        pane().querySelector("[aria-selected]")?.removeAttribute("aria-selected");
        option.setAttribute("aria-selected", "true");
        pane().setAttribute("aria-activedescendant", option.id);
    }

    beside.addEventListener("evidence:taken", (event) => {
        picked = event.detail;
        take();
    });

    // -- writing it down, and taking it back

    function put(step, box, value, label) {
        if (box.value === String(value)) {
            return;
        }
        if (label && ![...box.options].some((option) => option.value === value)) {
            box.append(new Option(label, value));
        }
        step.push({ box, was: box.value, now: String(value) });
        setValue(box, value);
    }

    function setValue(box, value) {
        box.value = value;
        if (box.matches("select")) {
            $(box).trigger("change");
        } else {
            box.dispatchEvent(new Event("input", { bubbles: true }));
            box.dispatchEvent(new Event("change", { bubbles: true }));
        }
    }

    function write(item, row = null) {
        const step = Object.assign([], { row });
        if (item.line) {
            putIntoLine(step, item.line);
        } else {
            put(step, item.quote, picked.quote);
            put(step, item.paragraph, picked.paragraph);
            if (!item.source.value) {
                put(step, item.source, shown, part(".beside-source a").textContent);
            }
            item.frame.closest("details")?.setAttribute("open", "");
        }
        steps.push(step);
        part("[data-undo]").hidden = false;
        tell(say("taken", { item: nameOf(item) }));
        forget();
        const selection = document.getSelection();
        if (beside.contains(selection.anchorNode)) {
            selection.removeAllRanges(); // the next drag of the mouse selects anew
        }
        check();
        reveal();
    }

    // As parts of the line in which the cursor stands; words with marks of their own go without.
    function putIntoLine(step, box) {
        const end = box.value.indexOf("\n", box.selectionStart);
        const at = end < 0 ? box.value.length : end;
        const quote = MARKS.test(picked.quote) ? picked.quote : `“${picked.quote}”`;
        put(step, box, `${box.value.slice(0, at)} | ${picked.paragraph} | ${quote}${box.value.slice(at)}`);
        box.setSelectionRange(at, at);
    }

    function take() {
        EvidencePicker.settle();
        const item = atHandNow();
        if (!picked) {
            return;
        }
        if (!item || (!item.line && sourceOf(item) !== shown)) {
            tell(say("nowhere"));
        } else {
            write(item);
        }
    }

    function takeAsNew(kind) {
        EvidencePicker.settle();
        const group = document.getElementById(`${kind}-group`);
        const link = group?.querySelector(".add-row a");
        if (!picked || !link) {
            return;
        }
        let row = null;
        document.addEventListener("formset:added", (event) => { row = event.target; }, { once: true });
        group.querySelector("details")?.setAttribute("open", "");
        link.click();
        const item = row && itemIn(row);
        if (item) {
            const [source, label] = [shown, part(".beside-source a").textContent];
            write(item, row);
            if (item.source.value !== source) { // the record's own, where another is looked at
                put(steps[steps.length - 1], item.source, source, label);
            }
            takeInHand(item);
        }
    }

    function undo() {
        const step = steps.pop();
        if (!step) {
            return;
        }
        const mine = step.filter(({ box, now }) => box.isConnected && box.value === now);
        for (const { box, was } of mine.reverse()) {
            setValue(box, was);
        }
        const isWhole = mine.length === step.length;
        if (isWhole && step.row && isEmpty(step.row)) {
            step.row.querySelector(".inline-deletelink")?.click();
        }
        part("[data-undo]").hidden = !steps.length;
        tell(say(isWhole ? "undone" : "changed"));
        showTarget();
        check();
        reveal();
    }

    // Nothing stands in a new row but what each of its kind begins with.
    function isEmpty(row) {
        const kind = row.id.replace(/-\d+$/, "");
        const fresh = document.getElementById(`${kind}-empty`);
        const boxes = (of) => [...of.querySelectorAll("[name]:not([type=hidden])")];
        const begins = boxes(fresh);
        return boxes(row).every((box, n) => box.value === begins[n]?.value && box.checked === begins[n]?.checked);
    }

    taking.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (button?.dataset.kind) {
            takeAsNew(button.dataset.kind);
        } else if (button) {
            take();
        }
    });
    part("[data-undo]").addEventListener("click", undo);

    // -- keys

    function goBack() {
        const item = atHandNow();
        (item?.line || item?.quote || form.querySelector("input:not([type=hidden])")).focus();
    }

    beside.addEventListener("keydown", (event) => {
        const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
        const isPlain = !event.ctrlKey && !event.altKey && !event.metaKey && !event.shiftKey;
        if (isPlain && digit && KIND_BUTTONS[digit[1] - 1]) {
            takeAsNew(KIND_BUTTONS[digit[1] - 1].dataset.kind);
        } else if (event.ctrlKey && !event.altKey && !event.shiftKey && event.code === "KeyZ") {
            undo();
        } else if (event.key === "Escape") {
            goBack();
        } else {
            return;
        }
        event.preventDefault();
    });

    document.addEventListener("keydown", (event) => {
        if (!/^(?:Digit|Numpad)7$/.test(event.code) || !event.ctrlKey || !event.altKey || event.shiftKey) {
            return;
        }
        event.preventDefault();
        if (beside.contains(document.activeElement)) {
            goBack();
        } else if (pane()) {
            details.open = true;
            pane().focus();
        }
    });

    // -- what changes in the form

    $(form).on("change", "select[name=source], select[name$='-source']", () => show().then(() => { check(); reveal(); }));
    form.addEventListener("change", (event) => {
        if (/(?:^|-)(?:quote|paragraph)$/.test(event.target.name || "")) {
            check();
            reveal();
        }
    });
    document.addEventListener("formset:removed", () => queueMicrotask(() => { showTarget(); show().then(check); }));

    part(".beside-links")?.remove(); // they are for who has no script
    beside.dataset.state = "none";
    show().then(reveal);
}
