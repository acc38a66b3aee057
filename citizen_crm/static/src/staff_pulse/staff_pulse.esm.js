import {Component, onWillStart, useState} from "@odoo/owl";
import {deserializeDate, formatDate} from "@web/core/l10n/dates";
import {Layout} from "@web/search/layout";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

/** The staff pulse: a few sentences to which an employee agrees or not. Nothing is
 *  stored before it is sent, and then only as one more in the counts of the team. */
export class StaffPulse extends Component {
    static template = "citizen_crm.StaffPulse";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = {controlPanel: {}};
        this.state = useState({pulses: [], answers: {}, isSending: false});
        onWillStart(() => this.load());
    }

    async load() {
        this.state.pulses = await this.orm.call(
            "citizen.staff.pulse",
            "get_my_pulses",
            []
        );
    }

    day(value) {
        return formatDate(deserializeDate(value));
    }

    answer(pulse, question, choice) {
        const answers = (this.state.answers[pulse.id] ||= {});
        answers[question.id] = choice;
    }

    chosen(pulse, question) {
        return this.state.answers[pulse.id]?.[question.id];
    }

    left(pulse) {
        return pulse.questions.filter((one) => !this.chosen(pulse, one)).length;
    }

    async send(pulse) {
        this.state.isSending = true;
        try {
            await this.orm.call("citizen.staff.pulse", "action_answer", [
                [pulse.id],
                this.state.answers[pulse.id],
            ]);
            delete this.state.answers[pulse.id];
        } finally {
            this.state.isSending = false;
            await this.load();
        }
    }

    openResults() {
        this.action.doAction("citizen_crm.citizen_staff_pulse_result_action");
    }
}

registry.category("actions").add("citizen_crm.staff_pulse", StaffPulse);
