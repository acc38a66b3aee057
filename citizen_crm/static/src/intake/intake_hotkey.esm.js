import {registry} from "@web/core/registry";
import {user} from "@web/core/user";

/** Alt+Shift+I opens New Intake from anywhere. */
export const intakeHotkeyService = {
    dependencies: ["action", "hotkey"],
    start(env, {action, hotkey}) {
        const open = async () => {
            if (await user.hasGroup("citizen_crm.group_intake_clerk")) {
                action.doAction("citizen_crm.citizen_intake_action", {
                    clearBreadcrumbs: true,
                });
            }
        };
        hotkey.add("alt+shift+i", open, {
            global: true,
            bypassEditableProtection: true,
        });
    },
};

registry.category("services").add("citizen_intake_hotkey", intakeHotkeyService);
