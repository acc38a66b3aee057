import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";

/**
 * Shows the sections of the form one after the other. Without script, or when there is
 * something to correct, all of them stand on the page.
 */
export class FormSteps extends Interaction {
    static selector = ".o_citizen_form";
    dynamicContent = {
        ".o_citizen_next": {"t-on-click.prevent": () => this.move(1)},
        ".o_citizen_back": {"t-on-click.prevent": () => this.move(-1)},
    };

    setup() {
        this.steps = [...this.el.querySelectorAll(".o_citizen_step")];
        this.current = 0;
        this.active = !this.el.dataset.withErrors && this.steps.length > 1;
        if (this.active) {
            this.addButtons();
            this.show();
        }
    }

    addButtons() {
        const send = this.el.querySelector(".o_citizen_send");
        this.back = this.makeButton("o_citizen_back btn-secondary", "back");
        this.next = this.makeButton("o_citizen_next btn-primary", "next");
        this.submit = send.querySelector("[type=submit]");
        send.prepend(this.back, this.next);
    }

    makeButton(classes, label) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = `btn ${classes}`;
        button.textContent = this.el.dataset[label];
        return button;
    }

    /** Go on only when this step is complete; the browser says what is missing. */
    move(by) {
        const fields = this.steps[this.current].querySelectorAll("input, textarea");
        if (by > 0 && [...fields].some((field) => !field.reportValidity())) {
            return;
        }
        this.current += by;
        this.show();
        this.steps[this.current].querySelector("h2").focus();
    }

    show() {
        const last = this.steps.length - 1;
        this.steps.forEach((step, index) => {
            step.hidden = index !== this.current;
        });
        this.back.hidden = this.current === 0;
        this.next.hidden = this.current === last;
        this.submit.hidden = this.current !== last;
        this.el.querySelector(".o_citizen_progress").textContent = this.el.dataset.stepLabel
            .replace("{step}", this.current + 1)
            .replace("{steps}", this.steps.length);
    }
}

registry.category("public.interactions").add("citizen_crm.form_steps", FormSteps);
