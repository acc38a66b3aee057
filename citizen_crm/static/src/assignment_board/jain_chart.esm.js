import {Component, onWillStart, useEffect, useRef} from "@odoo/owl";
import {getColor} from "@web/core/colors/colors";
import {_t} from "@web/core/l10n/translation";
import {cookie} from "@web/core/browser/cookie";
import {formatFloat} from "@web/core/utils/numbers";
import {fromServer} from "../assignment_why/points.esm";
import {loadBundle} from "@web/core/assets";

const {DateTime} = luxon;

/** Jain's index over time: a line, a sentence and a table that say the same. */
export class JainChart extends Component {
    static template = "citizen_crm.JainChart";
    static props = {values: Array};

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [this.props.values]
        );
    }

    get rows() {
        return this.props.values.map(({date, value}) => ({
            date: fromServer(date).toLocaleString(DateTime.DATE_MED),
            value: formatFloat(value, {digits: [16, 3]}),
        }));
    }

    /** What the line shows, for who cannot see it. */
    get sentence() {
        const rows = this.rows;
        const last = rows.at(-1);
        return _t(
            "Jain's index from the beginning of the period to %(date)s: %(value)s, where 1 is equal for all. It began at %(first)s.",
            {date: last.date, value: last.value, first: rows[0].value}
        );
    }

    draw() {
        if (!this.canvas.el) {
            return;
        }
        // The colour of the text around it is right on a light page and on a dark one.
        const text = getComputedStyle(this.canvas.el).color;
        const lines = text.replace("rgb(", "rgba(").replace(")", ", 0.15)");
        const line = getColor(0, cookie.get("color_scheme"), "sm");
        const values = this.props.values.map(({value}) => value);
        const axis = {ticks: {color: text}, grid: {color: lines}};
        const chart = new Chart(this.canvas.el, {
            type: "line",
            data: {
                labels: this.rows.map((row) => row.date),
                datasets: [
                    {
                        data: values,
                        borderColor: line,
                        backgroundColor: line,
                        tension: 0,
                    },
                ],
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                plugins: {legend: {display: false}},
                scales: {
                    x: axis,
                    // From 0.9 on, or what is fair could not be told from what is not.
                    y: {...axis, max: 1, suggestedMin: Math.min(0.9, ...values)},
                },
            },
        });
        return () => chart.destroy();
    }
}
