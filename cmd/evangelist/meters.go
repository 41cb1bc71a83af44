package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"evangelist/bot"
)

// meters counts what happens. No label holds a person, a place or a text, and
// commands that can be anonymous are not counted at all.
type meters struct {
	registry *prometheus.Registry
	commands *prometheus.HistogramVec
	heard    *prometheus.CounterVec
}

func newMeters() *meters {
	m := &meters{
		registry: prometheus.NewRegistry(),
		commands: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "evangelist_command_seconds", Help: "How long commands took, by command and outcome; discreet commands are left out.",
			Buckets: []float64{.001, .005, .01, .05, .1, .5, 1, 2},
		}, []string{"command", "outcome"}),
		heard: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "evangelist_sightings_total", Help: "What was seen in chat, by kind.",
		}, []string{"kind"}),
	}
	m.registry.MustRegister(m.commands, m.heard, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// command counts a call.
func (m *meters) command(call bot.Call) {
	outcome := "done"
	if call.Err != nil {
		outcome = "refused"
	}
	m.commands.WithLabelValues(call.Command, outcome).Observe(call.Took.Seconds())
}

// queueMeter tells at each scrape how the courier stands. It asks the database,
// which a scrape every few seconds does not notice.
type queueMeter struct {
	app    *App
	count  *prometheus.Desc
	oldest *prometheus.Desc
}

func newQueueMeter(app *App) *queueMeter {
	return &queueMeter{
		app:    app,
		count:  prometheus.NewDesc("evangelist_deliveries", "Deliveries by state and class.", []string{"state", "class"}, nil),
		oldest: prometheus.NewDesc("evangelist_oldest_due_seconds", "How long the oldest delivery on its way has been due.", nil, nil),
	}
}

// Describe implements prometheus.Collector.
func (q *queueMeter) Describe(out chan<- *prometheus.Desc) {
	out <- q.count
	out <- q.oldest
}

// Collect implements prometheus.Collector.
func (q *queueMeter) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	stats, err := q.app.courier.Stats(ctx)
	if err != nil {
		out <- prometheus.NewInvalidMetric(q.count, err)
		return
	}
	for _, c := range stats.Counts {
		out <- prometheus.MustNewConstMetric(q.count, prometheus.GaugeValue, float64(c.N), string(c.State), string(c.Class))
	}
	late := 0.0
	if !stats.Oldest.IsZero() {
		late = max(q.app.clock.Now().Sub(stats.Oldest).Seconds(), 0)
	}
	out <- prometheus.MustNewConstMetric(q.oldest, prometheus.GaugeValue, late)
}
