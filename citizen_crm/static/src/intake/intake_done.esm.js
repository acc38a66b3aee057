import {Component, onMounted, useRef} from "@odoo/owl";

/** The case is registered: its number, large enough to read out. */
export class IntakeDone extends Component {
    static template = "citizen_crm.IntakeDone";
    static props = {done: Object, onNext: Function};

    setup() {
        const next = useRef("next");
        onMounted(() => next.el.focus());
    }
}
