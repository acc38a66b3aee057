/* global Chart */
import {Component, onWillStart, useEffect, useRef} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {formatFloat} from "@web/core/utils/numbers";
import {loadBundle} from "@web/core/assets";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** Limits differ by their strokes as well as by how dark they are. */
const LIMITS = [
    {name: "limits_95", low: "low95", high: "high95", borderDash: [6, 4], width: 1},
    {name: "limits_998", low: "low998", high: "high998", borderDash: [], width: 2},
];

/**
 * A person's ratio among those of colleagues, within the limits of chance.
 *
 * Works on a Json field as `tools/funnel_chart.py` makes it, and computes nothing: dots
 * and limits, a sentence and a table that say the same to who does not see the chart.
 */
export class FunnelField extends Component {
    static template = "citizen_crm.FunnelField";
    static props = {...standardFieldProps};

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [JSON.stringify(this.funnel)]
        );
    }

    get funnel() {
        return this.props.record.data[this.props.name] || {};
    }

    get points() {
        return this.funnel.points || [];
    }

    get table() {
        return this.funnel.table || [];
    }

    /** What dots and lines are called: as the server says, or in plain words. */
    get legend() {
        return {
            own: _t("You"),
            others: _t("Colleagues"),
            expected: _t("As expected"),
            limits_95: _t("95 of 100 lie within"),
            limits_998: _t("998 of 1,000 lie within"),
            ...this.funnel.legend,
        };
    }

    draw() {
        if (!this.canvas.el) {
            return;
        }
        // The colour of the text around it is right on a light page and on a dark one.
        const ink = getComputedStyle(this.canvas.el).color;
        const chart = new Chart(this.canvas.el, this.getConfig(ink));
        return () => chart.destroy();
    }

    getConfig(ink) {
        return {
            type: "scatter",
            data: {datasets: [...this.getDots(ink), ...this.getLines(ink)]},
            options: {
                animation: false,
                maintainAspectRatio: false,
                plugins: {
                    legend: {
                        position: "bottom",
                        labels: {
                            color: ink,
                            usePointStyle: true,
                            // A limit has two lines, and one name.
                            filter: (item) => Boolean(item.text),
                            generateLabels,
                        },
                    },
                    tooltip: {
                        filter: (item) => item.dataset.showLine !== true,
                        callbacks: {label: (item) => this.getHint(item)},
                    },
                },
                scales: {
                    x: this.getAxis(ink, this.funnel.x_label),
                    y: {
                        ...this.getAxis(ink, this.funnel.y_label),
                        beginAtZero: true,
                        grace: "5%",
                    },
                },
            },
        };
    }

    getAxis(ink, text) {
        return {
            title: {display: Boolean(text), text, color: ink},
            ticks: {color: ink},
            grid: {color: fade(ink, 0.12)},
        };
    }

    getDots(ink) {
        const dots = this.points.map(({x, y, own}) => ({x, y, own: Boolean(own)}));
        const own = dots.filter((dot) => dot.own);
        const others = dots.filter((dot) => !dot.own);
        return [
            {
                label: this.legend.own,
                data: own,
                pointStyle: "rectRot",
                pointRadius: 9,
                pointHoverRadius: 11,
                backgroundColor: ink,
                borderColor: ink,
                // What lies on the edge is drawn in full.
                clip: false,
            },
            {
                label: others.length ? this.legend.others : "",
                data: others,
                pointStyle: "circle",
                pointRadius: 4,
                backgroundColor: "transparent",
                borderColor: fade(ink, 0.7),
            },
        ];
    }

    getLines(ink) {
        const limits = this.funnel.limits || {};
        const xs = limits.x || [];
        const line = {showLine: true, pointRadius: 0, pointHitRadius: 0, tension: 0};
        const lines = LIMITS.flatMap(({name, low, high, borderDash, width}) =>
            [low, high].map((side) => ({
                ...line,
                label: side === high ? this.legend[name] : "",
                data: xs.map((x, index) => ({x, y: limits[side][index]})),
                pointStyle: "line",
                borderDash,
                borderWidth: width,
                borderColor: fade(ink, 0.7),
            }))
        );
        const ends = xs.length ? [xs[0], xs.at(-1)] : [];
        lines.push({
            ...line,
            label: this.legend.expected,
            data: ends.map((x) => ({x, y: 1})),
            pointStyle: "line",
            borderDash: [1, 4],
            borderWidth: 1,
            borderColor: ink,
        });
        return lines;
    }

    getHint({dataset, raw}) {
        return `${dataset.label}: ${formatFloat(raw.y, {digits: [16, 2]})}`;
    }
}

/**
 * The usual names below the chart, lines with the strokes that they have in it.
 *
 * @param {Chart} chart
 * @returns {Object[]}
 */
function generateLabels(chart) {
    const labels = Chart.defaults.plugins.legend.labels.generateLabels(chart);
    return labels.map((label) => {
        const {borderDash, borderWidth} = chart.data.datasets[label.datasetIndex];
        return {...label, lineDash: borderDash || [], lineWidth: borderWidth || 1};
    });
}

/**
 * The same colour, less of it.
 *
 * @param {String} color as the browser computes it, rgb(…)
 * @param {Number} part of it that is left
 * @returns {String}
 */
function fade(color, part) {
    return color.replace("rgb(", "rgba(").replace(")", `, ${part})`);
}

export const funnelField = {
    component: FunnelField,
    displayName: _t("Funnel"),
    supportedTypes: ["jsonb"],
};

registry.category("fields").add("citizen_funnel", funnelField);
