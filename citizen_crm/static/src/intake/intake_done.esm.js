import {Component, onMounted, useRef} from "@odoo/owl";

/** The case is registered: its number, large enough to read out. */
export class IntakeDone extends Component {
    static template = "citizen_crm.IntakeDone";
    static props = {done: Object, onNext: Function};

    setup() {
        const next = useRef("next");
        onMounted(() => next.el.focus());
    }

    /** Show the receipt of a case out of sight; no address leads to it later. */
    onPrint() {
        const page = window.open("", "_blank");
        page.document.write(this.props.done.receipt_page);
        page.document.close();
    }
}
