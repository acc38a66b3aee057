import {Interaction} from "@web/public/interaction";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";

const KEY = "citizen_crm.sent";
const KEPT_MS = 60 * 60 * 1000;
/** The token is the page's own; files cannot be put back by a script. */
const NOT_KEPT = ["csrf_token"];

function isDone({pathname, search}) {
    return /\/(filed|sent)$/.test(pathname) || /[?&]done=/.test(search);
}

/**
 * Keeps what was sent in this tab until a page says that it has arrived.
 *
 * When no server answers, the page of the proxy cannot give the text back, and
 * pages that must not be stored come back empty. The key of the form is kept with
 * the text: if it had arrived after all, sending it again does nothing.
 */
export class FormDraft extends Interaction {
    static selector = ".o_citizen_page";
    dynamicContent = {
        "form[data-busy]": {"t-on-submit": this.onSubmit},
    };

    start() {
        const draft = this.read();
        if (!draft) {
            return;
        }
        if (isDone(browser.location)) {
            browser.sessionStorage.removeItem(KEY);
            return;
        }
        for (const form of this.el.querySelectorAll("form[data-busy]")) {
            if (new URL(form.action).pathname === draft.path) {
                this.fill(form, draft.fields);
            }
        }
    }

    read() {
        const draft = JSON.parse(browser.sessionStorage.getItem(KEY) || "null");
        if (draft && (draft.user !== user.userId || Date.now() - draft.at > KEPT_MS)) {
            browser.sessionStorage.removeItem(KEY);
            return null;
        }
        return draft;
    }

    onSubmit(ev) {
        const form = ev.currentTarget;
        const fields = [...new FormData(form)].filter(
            ([name, value]) => typeof value === "string" && !NOT_KEPT.includes(name)
        );
        const draft = {
            at: Date.now(),
            path: new URL(form.action).pathname,
            user: user.userId,
            fields,
        };
        try {
            browser.sessionStorage.setItem(KEY, JSON.stringify(draft));
        } catch {
            // Full or forbidden: the form is sent all the same.
        }
    }

    /** Put back what is not there; what the page brings goes before it. */
    fill(form, fields) {
        const texts = [...form.querySelectorAll("textarea")];
        if (texts.some((field) => field.value)) {
            return;
        }
        for (const [name, value] of fields) {
            for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
                if (["checkbox", "radio"].includes(field.type)) {
                    field.checked = field.checked || field.value === value;
                } else if (field.type === "hidden" || !field.value) {
                    field.value = value;
                }
            }
        }
    }
}

registry.category("public.interactions").add("citizen_crm.form_draft", FormDraft);
