import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";

/**
 * After a form was sent, lead keyboard and screen reader to what came of it: the list
 * of things to correct, or the word that it is done.
 */
export class PageFocus extends Interaction {
    static selector = ".o_citizen_page";
    dynamicContent = {
        ".o_citizen_errors a": {"t-on-click.prevent": this.onClickError},
    };

    start() {
        const notice = this.el.querySelector(".o_citizen_errors, .o_citizen_done");
        if (notice) {
            notice.focus();
        }
    }

    /** Focus the field itself; a group of choices takes the focus on its frame. */
    onClickError(ev) {
        const id = decodeURIComponent(ev.currentTarget.hash.slice(1));
        const field = document.getElementById(id);
        if (field) {
            field.scrollIntoView({block: "center"});
            field.focus();
        }
    }
}

registry.category("public.interactions").add("citizen_crm.page_focus", PageFocus);
