/* The board of a reading: text and proposals move together, one key decides, each decision is sent
   at once. Without this file the same form is sent whole. What could not be sent is kept in the
   browser and sent later, in its order. Selecting words: evidence-picker.js. */
"use strict";
{
    const form = document.getElementById("reading");
    const words = form ? form.dataset : {};
    const store = `reading:${location.pathname}`;
    const note = form && form.querySelector(".reading-note");
    let queue = [];
    let isSending = false;
    let current = null; // the key of the proposal at hand
    let mode = ""; // "reason" or "kind": what the next digit says
    let picked = null; // the last selection
    const undone = []; // keys that were decided here, the last one last

    const cards = () => [...form.querySelectorAll(".card")];
    const card = (key) => document.getElementById(`p${key}`);
    const isOpen = (one) => one.dataset.state === "open";

    // -- what is said under the proposals

    function tell(text, link) {
        note.textContent = text;
        if (link) {
            const a = document.createElement("a");
            Object.assign(a, { href: location.href.split("#")[0], textContent: link });
            note.append(" ", a);
        }
    }

    // -- the proposal at hand, and its words in the text

    function show(key, takesFocus = true) {
        const one = card(key);
        if (!one) {
            return;
        }
        const folded = one.closest("details:not([open])");
        if (folded) {
            folded.open = true;
        }
        current = String(key);
        for (const other of form.querySelectorAll(".card[aria-current], .mark[aria-current]")) {
            other.removeAttribute("aria-current");
        }
        one.setAttribute("aria-current", "true");
        for (const mark of form.querySelectorAll(`.mark[href="#p${key}"]`)) {
            mark.setAttribute("aria-current", "true");
        }
        if (takesFocus) {
            one.focus({ preventScroll: true });
        }
        const [paragraph, from, to] = one.dataset.place.split(" ").map(Number);
        const element = form.querySelector(`[data-paragraph="${paragraph}"]`);
        if (globalThis.CSS?.highlights) { // the whole quotation, where other marks lie over it
            CSS.highlights.set("quotation", new Highlight(EvidencePicker.range(element, from, to)));
        }
        within(document.getElementById("text"), form.querySelector(`.mark[href="#p${key}"]`) || element);
        within(document.getElementById("proposals").parentElement, one);
    }

    // Scrolls a pane, and the page only where the pane does not scroll by itself.
    function within(pane, element) {
        if (!element) {
            return;
        }
        if (getComputedStyle(pane).overflowY === "visible") {
            element.scrollIntoView({ block: "nearest" });
            return;
        }
        const outer = pane.getBoundingClientRect();
        const inner = element.getBoundingClientRect();
        if (inner.top < outer.top + 8 || inner.bottom > outer.bottom - 8) {
            pane.scrollTop += inner.top - outer.top - outer.height / 3;
        }
    }

    function go(step) {
        const all = cards().filter((one) => one.getClientRects().length);
        const place = all.findIndex((one) => one.dataset.proposal === current);
        const next = all[Math.min(Math.max(place + step, 0), all.length - 1)];
        if (next) {
            show(next.dataset.proposal);
        }
    }

    function nextOpen(after) {
        const all = cards().filter((one) => !one.closest("details:not([open])"));
        const place = all.findIndex((one) => one.dataset.proposal === after);
        const next = all.slice(place + 1).find(isOpen) || all.find(isOpen);
        if (next) {
            show(next.dataset.proposal);
        }
    }

    // -- sending, one after the other

    function keep() {
        try {
            if (queue.length) {
                localStorage.setItem(store, JSON.stringify(queue));
            } else {
                localStorage.removeItem(store);
            }
        } catch {
            // A browser that keeps nothing: what waits is lost with the page, and the page says so.
        }
        form.classList.toggle("is-waiting", queue.length > 0);
    }

    function send(step) {
        queue.push(step);
        keep();
        flush();
    }

    async function post(fields) {
        const body = fields instanceof FormData ? fields : new FormData();
        if (body !== fields) {
            Object.entries(fields).forEach(([name, value]) => body.append(name, value));
        }
        const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
        return fetch(location.pathname, {
            method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": token },
        });
    }

    async function flush() {
        if (isSending || !queue.length) {
            return;
        }
        isSending = true;
        try {
            while (queue.length) {
                const answer = await post(queue[0]);
                if (!(answer.headers.get("Content-Type") || "").startsWith("application/json")) {
                    if (answer.status >= 500) {
                        throw new Error(String(answer.status));
                    }
                    tell(words.login, words.logIn);
                    return;
                }
                const data = await answer.json();
                const step = queue.shift();
                keep();
                if (!queue.length) { // an earlier answer does not know the later decisions
                    take(data);
                }
                if (data.error) {
                    tell(data.error);
                    show(step.proposal || current);
                } else {
                    tell(words.saved);
                }
            }
        } catch {
            tell(`${words.offline} ${words.waiting.replace("%n", queue.length)}`);
            setTimeout(flush, 10000);
        } finally {
            isSending = false;
        }
    }

    function take(data) {
        const scrolled = ["text", "proposals"].map((name) => document.getElementById(name));
        const side = scrolled[1].parentElement;
        const places = [scrolled[0].scrollTop, side.scrollTop];
        const hadFocus = form.contains(document.activeElement) || document.activeElement === document.body;
        for (const name of ["text", "proposals", "silent", "standing"]) {
            if (name in data) {
                document.getElementById(name).innerHTML = data[name];
            }
        }
        [scrolled[0].scrollTop, side.scrollTop] = places;
        if (current && card(current)) {
            show(current, hadFocus);
        } else if (data.focus) {
            show(data.focus, hadFocus);
        } else {
            nextOpen("");
        }
    }

    // -- decisions

    function decide(step, key = current) {
        const one = key && card(key);
        if (!one || one.dataset.saved) {
            return;
        }
        if (step === "accepted" && one.querySelector(".card-lacks")) {
            change(key);
            return;
        }
        send({ step, proposal: key, seen: one.dataset.seen });
        one.dataset.state = step === "open" ? "open" : "sent";
        if (step !== "open") {
            undone.push(key);
            nextOpen(key);
        }
    }

    async function change(key) {
        const place = card(key) && card(key).querySelector(".card-form");
        if (!place || card(key).dataset.saved) {
            return;
        }
        show(key);
        const answer = await fetch(`?change=${key}`, { headers: { "X-Requested-With": "card" } });
        if (answer.ok && !answer.redirected) {
            place.innerHTML = await answer.text();
            place.querySelector("input, select, textarea").focus();
        } else {
            tell(words.login, words.logIn);
        }
    }

    async function changed(key) {
        const place = card(key).querySelector(".card-form");
        const body = new FormData();
        for (const field of place.querySelectorAll("[name]")) {
            if (field.type !== "checkbox" || field.checked) {
                body.append(field.name, field.value);
            }
        }
        body.set("change", key);
        body.set(`s-${key}`, card(key).dataset.seen);
        let answer = null;
        try {
            answer = await post(body);
        } catch {
            tell(words.offline); // the boxes still hold what was typed
            return;
        }
        if (!(answer.headers.get("Content-Type") || "").startsWith("application/json")) {
            tell(words.login, words.logIn);
            return;
        }
        const data = await answer.json();
        if (data.form) {
            place.innerHTML = data.form;
            place.querySelector(".errors input, .errors select, .errors textarea")?.focus();
        } else if (data.error) {
            tell(data.error);
        } else {
            undone.push(key);
            take(data);
            tell(words.saved);
            nextOpen(key);
        }
    }

    function add(kind) {
        const boxes = ["paragraph", "quote"].map((name) => document.getElementById(`add-${name}`).value);
        const isPicked = picked && picked.quote === boxes[1];
        const place = isPicked ? [picked.start, picked.end] : ["", ""];
        current = null;
        send({ step: "add", kind, paragraph: boxes[0], quote: boxes[1], start: place[0], end: place[1] });
        picked = null;
    }

    function digit(number) {
        const kinds = [...document.getElementById("add-kind").options].map((option) => option.value);
        const wanted = mode;
        mode = "";
        if (wanted === "reason") {
            const reasons = card(current).querySelectorAll(".card-reasons input");
            decide(reasons[number - 1].value);
        } else if (wanted === "kind") {
            add(kinds[number - 1]);
        } else if (current && card(current).dataset.kind !== "meeting" && !card(current).dataset.saved) {
            send({ step: "kind", proposal: current, kind: kinds[number - 1] });
        }
    }

    const KEYS = {
        KeyJ: () => go(1),
        KeyK: () => go(-1),
        KeyA: () => decide("accepted"),
        KeyE: () => change(current),
        KeyR: () => {
            if (card(current)) {
                mode = "reason";
                card(current).querySelector(".card-reasons").open = true;
                tell(words.reason);
            }
        },
        KeyD: () => {
            if (card(current)?.querySelector(".card-choices [value=duplicate]")) {
                decide("duplicate");
            }
        },
        KeyM: () => send({ step: "merge", proposal: current }),
        KeyS: () => send({ step: "split", proposal: current }),
        KeyU: () => {
            const key = undone.pop() || current;
            if (key) {
                current = key;
                send({ step: "open", proposal: key });
            }
        },
        KeyN: () => {
            if (picked) {
                mode = "kind";
                tell(words.which);
            }
        },
        KeyQ: () => {
            if (picked && current) {
                const { paragraph, start, end, quote } = picked;
                send({ step: "quote", proposal: current, paragraph, start, end, quote });
            }
        },
    };

    function press(event) {
        const isTyping = event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");
        if (event.key === "Escape") {
            mode = "";
            const opened = event.target.closest(".card-form");
            if (opened) {
                opened.replaceChildren();
                show(current);
            }
            return;
        }
        if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) {
            return;
        }
        const number = /^(?:Digit|Numpad)([1-6])$/.exec(event.code);
        if (number) {
            event.preventDefault();
            digit(Number(number[1]));
        } else if (KEYS[event.code] && (current || event.code === "KeyJ" || event.code === "KeyN")) {
            event.preventDefault();
            KEYS[event.code]();
        }
    }

    function start() {
        form.classList.add("with-script");
        try {
            queue = JSON.parse(localStorage.getItem(store) || "[]");
        } catch {
            queue = [];
        }
        document.addEventListener("keydown", press);
        form.addEventListener("focusin", (event) => {
            const one = event.target.closest(".card");
            if (one && one.dataset.proposal !== current) {
                mode = "";
                show(one.dataset.proposal, false);
            }
        });
        form.addEventListener("change", (event) => {
            const one = event.target.closest(".card");
            if (one && event.target.type === "radio") {
                decide(event.target.value, one.dataset.proposal);
            }
        });
        form.addEventListener("click", (event) => {
            const button = event.target.closest("button[name]");
            const link = event.target.closest("a");
            if (button) {
                event.preventDefault();
                const one = button.closest(".card");
                if (button.name === "change") {
                    changed(button.value);
                } else if (button.name === "add") {
                    add(document.getElementById("add-kind").value);
                } else if (button.name === "accept_all") {
                    current = null; // goes on at the first that is left
                    send({ step: "accept_all", kind: button.value });
                } else {
                    current = one ? one.dataset.proposal : button.dataset.proposal;
                    send({ step: button.dataset.step, proposal: current });
                }
            } else if (link && link.matches(".mark")) {
                event.preventDefault();
                show(link.hash.slice(2));
            } else if (link && link.matches(".card-change")) {
                event.preventDefault();
                change(link.closest(".card").dataset.proposal);
            } else if (link && link.dataset.select) {
                event.preventDefault();
                const [paragraph, from, to] = link.dataset.select.split(" ").map(Number);
                const element = form.querySelector(`[data-paragraph="${paragraph}"]`);
                document.getElementById("text").focus();
                EvidencePicker.select(element, from, to);
            } else if (link && /^#d\d+$/.test(link.getAttribute("href"))) {
                event.preventDefault();
                within(document.getElementById("text"), document.getElementById(link.hash.slice(1)));
            }
        });
        const pick = (event) => {
            picked = event.detail;
            document.getElementById("add-paragraph").value = picked.paragraph;
            document.getElementById("add-quote").value = picked.quote;
            const said = [`${words.picked} “${picked.quote}”.`];
            said.push(picked.isCut ? words.cut : "", picked.isSeveral ? words.several : "");
            tell(said.filter(Boolean).join(" "));
        };
        document.addEventListener("evidence:selected", pick);
        document.addEventListener("evidence:taken", (event) => {
            pick(event);
            mode = "kind";
            tell(`${words.picked} “${picked.quote}”. ${words.which}`);
        });
        window.addEventListener("online", flush);
        window.addEventListener("beforeunload", (event) => {
            if (queue.length) {
                event.preventDefault();
            }
        });
        flush();
        const asked = /^#p(\d+)$/.exec(location.hash);
        if (asked) {
            show(asked[1]);
        } else {
            nextOpen("");
        }
    }

    if (form) {
        start();
    }
}
