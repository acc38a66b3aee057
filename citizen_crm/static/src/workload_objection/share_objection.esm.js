import {AssignmentShare} from "../assignment_share/assignment_share.esm";
import {patch} from "@web/core/utils/patch";

/** Objecting to what one was charged, where one reads it. */
patch(AssignmentShare.prototype, {
    async objectTo(entryId) {
        const action = await this.orm.call(
            "citizen.assignment.entry",
            "action_object",
            [[entryId]]
        );
        return this.action.doAction(action);
    },
});
