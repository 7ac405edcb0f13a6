// The boxes that are completed while typing get the name of their label, for who listens to a page.
/* global django */
"use strict";
{
    function name(select) {
        const label = select.id && document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
        const box = select.nextElementSibling;
        if (!label || !box || !box.classList.contains("select2")) {
            return;
        }
        label.id = label.id || `label-${select.id}`;
        const chosen = box.querySelector(".select2-selection");
        const container = chosen.querySelector(".select2-selection__rendered");
        chosen.setAttribute("aria-labelledby", [label.id, container.id].filter(Boolean).join(" "));
        container.setAttribute("aria-labelledby", label.id);
        const typed = box.querySelector(".select2-search__field");
        if (typed) {
            typed.setAttribute("aria-labelledby", label.id);
        }
    }

    function nameAll(root) {
        root.querySelectorAll("select.admin-autocomplete").forEach(name);
    }

    django.jQuery(() => nameAll(document)); // after the boxes have made themselves
    document.addEventListener("formset:added", (event) => setTimeout(() => nameAll(event.target)));
}
