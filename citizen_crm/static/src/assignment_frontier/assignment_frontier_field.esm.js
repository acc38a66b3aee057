/* global Chart */
import {Component, onWillStart, useEffect, useRef} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {loadBundle} from "@web/core/assets";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** Rules differ by their shape as well as by their colour. */
const MARKS = [
    ["#1f6feb", "circle"],
    ["#b35900", "triangle"],
    ["#5a32a3", "rect"],
    ["#116329", "rectRot"],
    ["#a40e26", "star"],
];
const POINT_SIZE = 8;

/**
 * Fairness against the days that nine of ten cases take, one point for each rule.
 *
 * Works on a Json field with `points` (name, days, jain) and the `sentence` that says
 * the same to who does not see the chart; the table beside it has all the figures.
 */
export class AssignmentFrontierField extends Component {
    static template = "citizen_crm.AssignmentFrontierField";
    static props = {...standardFieldProps};

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                if (!this.points.length) {
                    return;
                }
                const chart = new Chart(this.canvas.el, this.config);
                return () => chart.destroy();
            },
            () => [JSON.stringify(this.points)]
        );
    }

    get chart() {
        return this.props.record.data[this.props.name] || {};
    }

    get points() {
        return this.chart.points || [];
    }

    get config() {
        return {
            type: "scatter",
            data: {
                datasets: this.points.map(({name, days, jain}, index) => {
                    const [color, pointStyle] = MARKS[index % MARKS.length];
                    return {
                        label: name,
                        data: [{x: days, y: jain}],
                        backgroundColor: color,
                        borderColor: color,
                        pointStyle,
                        // The fairest lies on the edge and is drawn in full.
                        clip: false,
                        pointRadius: POINT_SIZE,
                        pointHoverRadius: POINT_SIZE + 2,
                    };
                }),
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                plugins: {
                    legend: {position: "bottom", labels: {usePointStyle: true}},
                },
                scales: {
                    x: {
                        beginAtZero: true,
                        title: {display: true, text: _t("Days until 9 of 10 are done")},
                    },
                    y: {
                        max: 1,
                        title: {display: true, text: _t("Fairness (1 is equal)")},
                    },
                },
            },
        };
    }
}

export const assignmentFrontierField = {
    component: AssignmentFrontierField,
    displayName: _t("Fairness against time"),
    supportedTypes: ["jsonb"],
};

registry.category("fields").add("assignment_frontier", assignmentFrontierField);
