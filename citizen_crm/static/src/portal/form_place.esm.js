import {Interaction} from "@web/public/interaction";
import {registry} from "@web/core/registry";

/** Offers to add the point where the person is; nothing is sent before the form is. */
export class FormPlace extends Interaction {
    static selector = ".o_citizen_locate";
    dynamicContent = {
        ".o_citizen_locate_add": {"t-on-click": this.onClickAdd},
        ".o_citizen_locate_remove": {"t-on-click": this.onClickRemove},
    };

    setup() {
        const form = this.el.closest("form");
        this.latitude = form.querySelector("[name=latitude]");
        this.longitude = form.querySelector("[name=longitude]");
        this.remove = this.el.querySelector(".o_citizen_locate_remove");
        this.el.hidden = !navigator.geolocation;
        this.remove.hidden = !this.latitude.value;
    }

    onClickAdd() {
        this.say("asking");
        navigator.geolocation.getCurrentPosition(
            this.protectSyncAfterAsync(({coords}) =>
                this.set(coords.latitude.toFixed(6), coords.longitude.toFixed(6), "found")
            ),
            this.protectSyncAfterAsync(() => this.say("failed")),
            {enableHighAccuracy: true, timeout: 15000}
        );
    }

    onClickRemove() {
        this.set("", "", "removed");
        this.el.querySelector(".o_citizen_locate_add").focus();
    }

    set(latitude, longitude, message) {
        this.latitude.value = latitude;
        this.longitude.value = longitude;
        this.remove.hidden = !latitude;
        this.say(message);
    }

    say(message) {
        const status = this.el.querySelector(".o_citizen_locate_status");
        status.textContent = this.el.dataset[message];
    }
}

registry.category("public.interactions").add("citizen_crm.form_place", FormPlace);
