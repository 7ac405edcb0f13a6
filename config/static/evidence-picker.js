/* A selection in a source's text becomes a quotation: whole words, twenty at most, in one paragraph.

   Each paragraph is an element with data-paragraph="n", whose text is the source's and nothing else
   (labels of marks come from CSS). With data-sentences="0 41 97", where its sentences begin, it can
   be picked by keyboard too: in an element around the paragraphs that has data-evidence and
   tabindex="0", ↑ and ↓ go from sentence to sentence, Shift+→ and Shift+← move the end of the
   selection by a word, Alt+Shift+→ and Alt+Shift+← its start, Enter takes it.

   What is selected is told by an event at the paragraph, which bubbles:

       evidence:selected  while it is being selected
       evidence:taken     by Enter

   Both with detail = {paragraph, start, end, quote, isCut, isSeveral}: offsets in the paragraph,
   whether it had more than twenty words, whether it went over into another paragraph.
   EvidencePicker.select(element, start, end) selects by hand, range(…) gives the same as a Range;
   EvidencePicker.current() is the last detail, or null. EvidencePicker.stand(element, offset) names
   the place from which ↑ and ↓ go on; EvidencePicker.settle() tells at once what waits to be told. */
"use strict";
const EvidencePicker = (() => {
    const MOST_WORDS = 20;
    const LEADING = /^[\s,;:.…–\-”’')»•+“‘"(«]+/u;
    const TRAILING = /[\s,;:.…–\-“‘'(«•+]+$/u;
    const PAIRS = { "”": "“", "’": "‘", ")": "(", "»": "«" };
    const WORD = /[\p{L}\p{N}\p{M}]/u;
    let last = null;
    let at = null; // the sentence at hand: {element, start, end}

    const paragraphOf = (node) => (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-paragraph]");

    // -- places in a paragraph, over whatever marks stand inside it

    function offsetIn(element, node, offset) {
        const range = document.createRange();
        range.selectNodeContents(element);
        range.setEnd(node, offset);
        return range.toString().length;
    }

    function placeOf(element, offset) {
        const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        let left = offset;
        let node = null;
        for (node = walker.nextNode(); node && left > node.length; node = walker.nextNode()) {
            left -= node.length;
        }
        return node ? [node, left] : [element, element.childNodes.length];
    }

    // -- a quotation within bounds

    function closesNothing(text) {
        const mark = text[text.length - 1];
        const inside = text.slice(0, -1);
        const count = (sign) => inside.split(sign).length - 1;
        if (mark === '"') {
            return count('"') % 2 === 0;
        }
        return mark in PAIRS && count(PAIRS[mark]) <= count(mark);
    }

    function quotation(text, start, end) {
        while (start > 0 && WORD.test(text[start - 1]) && WORD.test(text[start] || "")) {
            start -= 1;
        }
        while (end < text.length && WORD.test(text[end - 1] || "") && WORD.test(text[end])) {
            end += 1;
        }
        const words = [...text.slice(start, end).matchAll(/\S+/gu)];
        const isCut = words.length > MOST_WORDS;
        if (isCut) {
            const word = words[MOST_WORDS - 1];
            end = start + word.index + word[0].length;
        }
        start += (LEADING.exec(text.slice(start, end)) || [""])[0].length;
        for (let before = -1; before !== end && end > start;) {
            before = end;
            end -= (TRAILING.exec(text.slice(start, end)) || [""])[0].length;
            end -= end > start && closesNothing(text.slice(start, end)) ? 1 : 0;
        }
        return { start, end, isCut };
    }

    function detailOf(selection) {
        if (!selection || selection.isCollapsed || !selection.rangeCount) {
            return null;
        }
        const range = selection.getRangeAt(0);
        let element = paragraphOf(range.startContainer);
        if (!element) { // it began in a margin: the first paragraph that it touches
            const touched = [...document.querySelectorAll("[data-paragraph]")].filter((one) => range.intersectsNode(one));
            element = touched[0];
        }
        if (!element || !range.intersectsNode(element)) {
            return null;
        }
        const text = element.textContent;
        const isSeveral = !element.contains(range.endContainer);
        const begins = element.contains(range.startContainer) ? offsetIn(element, range.startContainer, range.startOffset) : 0;
        const ends = isSeveral ? text.length : offsetIn(element, range.endContainer, range.endOffset);
        const { start, end, isCut } = quotation(text, begins, ends);
        if (end <= start) {
            return null;
        }
        const detail = { paragraph: Number(element.dataset.paragraph), start, end, quote: text.slice(start, end), isCut };
        // The end of a paragraph that was chosen whole lies at the beginning of the next one.
        const rest = range.cloneRange();
        rest.setStartAfter(element);
        detail.isSeveral = isSeveral && rest.toString().trim() !== "";
        return { element, detail };
    }

    function tell(name) {
        const found = detailOf(document.getSelection());
        last = found && found.detail;
        if (found) {
            found.element.dispatchEvent(new CustomEvent(`evidence:${name}`, { bubbles: true, detail: found.detail }));
        }
        return Boolean(found);
    }

    function rangeOf(element, start, end) {
        const range = document.createRange();
        range.setStart(...placeOf(element, start));
        range.setEnd(...placeOf(element, end));
        return range;
    }

    function select(element, start, end) {
        document.getSelection().setBaseAndExtent(...placeOf(element, start), ...placeOf(element, end));
        element.scrollIntoView({ block: "nearest" });
    }

    // -- by keyboard: sentences, then words

    function sentencesIn(element) {
        const starts = (element.dataset.sentences || "0").split(" ").map(Number);
        const size = element.textContent.length;
        return starts.map((start, n) => ({ element, start, end: n + 1 < starts.length ? starts[n + 1] : size }));
    }

    function stand(element, offset) {
        at = sentencesIn(element).filter((one) => one.start <= offset).pop() || null;
    }

    function go(pane, step) {
        const all = [...pane.querySelectorAll("[data-paragraph]")].flatMap(sentencesIn);
        const place = at ? all.findIndex((one) => one.element === at.element && one.start === at.start) : -1;
        const next = all[Math.min(Math.max(place + step, 0), all.length - 1)];
        if (next) {
            at = { ...next };
            select(next.element, next.start, next.end);
        }
    }

    // The edge of the word that lies beyond a place, in that direction.
    function wordEdge(text, place, step) {
        const edges = [...text.matchAll(/\S+/gu)].flatMap((word) => [word.index, word.index + word[0].length]);
        const beyond = edges.filter((edge) => (step > 0 ? edge > place : edge < place));
        return beyond.length ? (step > 0 ? beyond[0] : beyond[beyond.length - 1]) : place;
    }

    function stretch(step, isStart) {
        const found = detailOf(document.getSelection());
        if (!found) {
            return false;
        }
        const { start, end } = found.detail;
        const text = found.element.textContent;
        const bounds = isStart ? [wordEdge(text, start, step), end] : [start, wordEdge(text, end, step)];
        if (bounds[0] < bounds[1]) {
            select(found.element, ...bounds);
        }
        return true;
    }

    document.addEventListener("keydown", (event) => {
        const pane = event.target.closest && event.target.closest("[data-evidence]");
        if (!pane || event.target !== pane || event.ctrlKey || event.metaKey) {
            return;
        }
        const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.code];
        const isVertical = event.code === "ArrowDown" || event.code === "ArrowUp";
        let done = false;
        if (isVertical && !event.shiftKey && !event.altKey) {
            go(pane, step);
            done = true;
        } else if (step && !isVertical && event.shiftKey) {
            done = stretch(step, event.altKey);
        } else if (event.key === "Enter") {
            waiting = clearTimeout(waiting); // it is told by being taken
            done = tell("taken");
        }
        if (done) {
            event.preventDefault();
        }
    });

    let waiting = 0;
    document.addEventListener("selectionchange", () => {
        clearTimeout(waiting);
        waiting = setTimeout(settle, 120); // a selection by mouse changes with each move
    });

    function settle() {
        if (waiting) {
            clearTimeout(waiting);
            waiting = 0;
            tell("selected");
        }
    }

    return { select, range: rangeOf, stand, settle, current: () => last };
})();
