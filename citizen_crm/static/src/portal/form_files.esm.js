import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";

/** Tells before the upload which files the city would not take. */
export class FormFiles extends Interaction {
    static selector = ".o_citizen_files";
    dynamicContent = {
        "input[type=file]": {"t-on-change": this.onChange},
    };

    onChange(ev) {
        const {maxFiles, maxBytes, tooMany, tooBig, chosen} = this.el.dataset;
        const files = [...ev.currentTarget.files];
        const large = files.filter((file) => file.size > Number(maxBytes));
        let problem = large.map((file) => tooBig.replace("{name}", file.name)).join(" ");
        if (files.length > Number(maxFiles)) {
            problem = tooMany.replace("{count}", maxFiles);
        }
        ev.currentTarget.setCustomValidity(problem);
        const names = files.map((file) => file.name).join(", ");
        this.el.querySelector(".o_citizen_files_status").textContent =
            problem || (names && `${chosen} ${names}`);
    }
}

registry.category("public.interactions").add("citizen_crm.form_files", FormFiles);
