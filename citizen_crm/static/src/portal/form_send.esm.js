import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";

/** Sends a form once, and says that it is on its way. */
export class FormSend extends Interaction {
    static selector = ".o_citizen_page form[data-busy]";
    dynamicContent = {
        _root: {"t-on-submit": this.onSubmit},
        _window: {"t-on-pageshow": this.onPageShow},
    };

    onSubmit(ev) {
        if (this.sending) {
            ev.preventDefault();
            return;
        }
        this.sending = true;
        this.button = this.el.querySelector("[type=submit]");
        this.label = this.button.textContent;
        this.button.textContent = this.el.dataset.busy;
        this.button.setAttribute("aria-disabled", "true");
    }

    /** Coming back to the page, the form can be sent again. */
    onPageShow() {
        if (this.sending) {
            this.sending = false;
            this.button.textContent = this.label;
            this.button.removeAttribute("aria-disabled");
        }
    }
}

registry.category("public.interactions").add("citizen_crm.form_send", FormSend);
