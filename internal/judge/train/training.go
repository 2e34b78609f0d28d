package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"slices"

	"github.com/keysift/keysift/internal/judge"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// innerFolds is how many parts the repositories trained on are cut into, to
// calibrate on candidates that the trees have not seen.
const innerFolds = 4

// dataset is both forms of the corpus with their candidates.
type dataset struct {
	windows []*Window
	samples []sample
	groups  []int // the repository of each sample
	weights []float64
	repos   []string
}

func loadDataset(dir string, meter *judge.Meter) (*dataset, error) {
	d := &dataset{}
	pre := newPrefilter()
	ids := map[string]int{}
	for _, natural := range []bool{false, true} {
		windows, err := readCorpus(dir, natural)
		if err != nil {
			return nil, err
		}
		for _, w := range windows {
			id, ok := ids[w.Repo]
			if !ok {
				id = len(d.repos)
				ids[w.Repo] = id
				d.repos = append(d.repos, w.Repo)
			}
			for _, s := range samples(meter, pre, w, len(d.windows)) {
				d.samples = append(d.samples, s)
				d.groups = append(d.groups, id)
			}
			d.windows = append(d.windows, w)
		}
	}
	return d, nil
}

// weigh gives each candidate its weight: repositories with very many count
// less for each, so that the largest do not decide alone.
func (d *dataset) weigh(set settings) {
	count := make([]float64, len(d.repos))
	for i := range d.samples {
		count[d.groups[i]] += float64(d.samples[i].weight)
	}
	d.weights = make([]float64, len(d.samples))
	for i := range d.samples {
		d.weights[i] = float64(d.samples[i].weight) * math.Min(1, math.Pow(set.fairSize/math.Max(1, count[d.groups[i]]), set.fairness))
	}
}

// only returns the weights with those of the repositories that keep denies set to zero.
func (d *dataset) only(keep func(repo string) bool) []float64 {
	w := slices.Clone(d.weights)
	for i := range w {
		if !keep(d.repos[d.groups[i]]) {
			w[i] = 0
		}
	}
	return w
}

func innerFold(repo string) int {
	h := fnv.New32a()
	h.Write([]byte(repo))
	return int(h.Sum32()>>7) % innerFolds
}

// fit trains on the repositories that keep allows. The calibration and the
// bounds come from candidates each judged by trees that saw other repositories.
func (d *dataset) fit(keep func(repo string) bool, set settings) (*trained, []float64) {
	raw := make([]float64, len(d.samples))
	for k := range innerFolds {
		f := boost(d.samples, d.groups, d.only(func(r string) bool { return keep(r) && innerFold(r) != k }), set)
		for i := range d.samples {
			if innerFold(d.repos[d.groups[i]]) == k {
				raw[i] = f.raw(d.samples[i].features)
			}
		}
	}
	weights := d.only(keep)
	kept := slices.Clone(d.samples)
	for i := range kept {
		if weights[i] == 0 {
			kept[i].weight = 0
		}
	}
	t := &trained{forest: boost(d.samples, d.groups, weights, set)}
	t.knots = calibration(raw, kept, weights)
	p := make([]float64, len(raw))
	for i := range raw {
		p[i] = d.samples[i].cap(calibrate(t.knots, raw[i]), rangeMedium[0])
	}
	t.bounds = chooseBounds(d.outcomes(p, func(w *Window) bool { return keep(w.Repo) }))
	return t, p
}

// outcomes judges the windows that keep allows by the probabilities of their candidates.
func (d *dataset) outcomes(p []float64, keep func(*Window) bool) []outcome {
	var out []outcome
	for i, records := range d.records(p) {
		if w := d.windows[i]; keep(w) {
			out = judged(w, records, out)
		}
	}
	return out
}

// records returns the findings of each window.
func (d *dataset) records(p []float64) [][]Record {
	records := make([][]Record, len(d.windows))
	for i, w := range d.windows {
		records[i] = pemBlocks([]byte(w.Text))
	}
	for i := range d.samples {
		s := &d.samples[i]
		records[s.window] = append(records[s.window], Record{Rule: "generic", Line: s.line, End: s.line, Score: p[i]})
	}
	return records
}

func runTraining(o *options, stdout io.Writer) error {
	meter, err := judge.NewMeter()
	if err != nil {
		return err
	}
	d, err := loadDataset(o.corpus, meter)
	if err != nil {
		return err
	}
	d.weigh(o.set)
	fmt.Fprintf(stdout, "%d candidates in %d windows of %d repositories\n", len(d.samples), len(d.windows), len(d.repos))
	switch {
	case o.fold != "":
		return d.runFold(o, stdout)
	case o.quick:
		d.runQuick(o, stdout)
		return nil
	}
	// every candidate judged by the trees of the other half
	p := make([]float64, len(d.samples))
	var level bounds
	for _, fold := range []string{"even", "odd"} {
		t, _ := d.fit(func(r string) bool { return half(r) != fold }, o.set)
		for i := range d.samples {
			if half(d.repos[d.groups[i]]) == fold {
				p[i] = d.samples[i].cap(calibrate(t.knots, t.forest.raw(d.samples[i].features)), t.bounds.medium)
			}
		}
		level = t.bounds
		for _, natural := range []bool{false, true} {
			fmt.Fprintf(stdout, "\n%s half, natural form %v, levels of the other half\n", fold, natural)
			out := d.outcomes(p, func(w *Window) bool { return half(w.Repo) == fold && w.Natural == natural })
			printLevels(stdout, out, level)
			printThresholds(stdout, out)
		}
	}
	for _, natural := range []bool{false, true} {
		out := d.outcomes(p, func(w *Window) bool { return w.Natural == natural })
		fmt.Fprintf(stdout, "\nboth halves, natural form %v\n", natural)
		printCurve(stdout, out)
		printCategories(stdout, out, level.medium)
	}
	fmt.Fprintln(stdout, "\nreliability, both halves, both forms")
	printReliability(stdout, p, d.samples)
	if o.errors != "" {
		if err := d.writeErrors(o.errors, p, level); err != nil {
			return err
		}
	}
	if o.out == "" {
		return nil
	}
	t, _ := d.fit(func(string) bool { return true }, o.set)
	fmt.Fprintf(stdout, "\nlevels of the weights: low %v medium %v high %v\n", t.bounds.low, t.bounds.medium, t.bounds.high)
	return writeFile(o.out, t.write)
}

// runQuick prints the curves of both halves, each judged by trees of the other.
func (d *dataset) runQuick(o *options, stdout io.Writer) {
	p := make([]float64, len(d.samples))
	for _, fold := range []string{"even", "odd"} {
		f := boost(d.samples, d.groups, d.only(func(r string) bool { return half(r) != fold }), o.set)
		for i := range d.samples {
			if half(d.repos[d.groups[i]]) == fold {
				p[i] = 1 / (1 + math.Exp(-f.raw(d.samples[i].features)))
			}
		}
	}
	for _, natural := range []bool{false, true} {
		printCurve(stdout, d.outcomes(p, func(w *Window) bool { return w.Natural == natural }))
	}
}

func (d *dataset) runFold(o *options, stdout io.Writer) error {
	t, _ := d.fit(func(r string) bool { return half(r) != o.fold }, o.set)
	var weights bytes.Buffer
	if err := t.write(&weights); err != nil {
		return err
	}
	j, err := judge.New(weights.Bytes())
	if err != nil {
		return err
	}
	detect, err := engineDetector(j)
	if err != nil {
		return err
	}
	records := make([][]Record, len(d.windows))
	var out []outcome
	for i, w := range d.windows {
		if half(w.Repo) == o.fold && w.Natural == o.natural {
			records[i] = detect(w.Path, []byte(w.Text))
			out = judged(w, records[i], out)
		}
	}
	printCurve(stdout, out)
	printLevels(stdout, out, t.bounds)
	if o.findings == "" {
		return nil
	}
	return writeFile(o.findings, func(w io.Writer) error { return writeFindings(w, d.windows, records) })
}

// engineDetector finds what the whole engine finds with a judge of its own.
func engineDetector(j *judge.Judge) (Detector, error) {
	set, err := rules.Builtin()
	if err != nil {
		return nil, err
	}
	engine := scan.New(set, scan.Options{Judge: j})
	return func(path string, text []byte) []Record {
		var records []Record
		for _, f := range engine.Match(&scan.Chunk{Path: path, Data: text}) {
			records = append(records, Record{
				Rule: f.Rule.ID, Line: f.Start.Line, End: f.End.Line, Score: f.Score, Confidence: f.Confidence.String(),
			})
		}
		return records
	}, nil
}

// writeFindings writes records in the form that the corpus's scoring reads.
func writeFindings(w io.Writer, windows []*Window, records [][]Record) error {
	type position struct {
		Line int `json:"line"`
	}
	type finding struct {
		Type       string   `json:"type"`
		Path       string   `json:"path"`
		Rule       string   `json:"rule"`
		Confidence string   `json:"confidence"`
		Score      float64  `json:"score"`
		Start      position `json:"start"`
		End        position `json:"end"`
	}
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	for i, list := range records {
		for _, r := range list {
			if err := enc.Encode(finding{"finding", windows[i].File, r.Rule, r.Confidence, r.Score, position{r.Line}, position{r.End}}); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

// writeErrors writes the labels that were missed and the lines that were
// reported in vain, most telling first.
func (d *dataset) writeErrors(file string, p []float64, level bounds) error {
	type fault struct {
		score float64
		text  string
	}
	var misses, alarms []fault
	records := d.records(p)
	for i, w := range d.windows {
		text := bytes.Split([]byte(w.Text), []byte("\n"))
		describe := func(n int) string {
			return fmt.Sprintf("%s:%d\tnatural=%v\t%.240s", w.File, n, w.Natural, bytes.TrimSpace(text[n-1]))
		}
		for _, l := range w.Labels {
			if l.Truth != "T" {
				continue
			}
			best := -1.0
			for _, r := range records[i] {
				if r.Line <= l.EndLine && r.End >= l.Line {
					best = max(best, r.Score)
				}
			}
			if best < level.medium {
				misses = append(misses, fault{best, l.Category + "\t" + describe(l.Line)})
			}
		}
		for _, r := range records[i] {
			if r.Score >= level.low && !slices.ContainsFunc(w.Labels, func(l Label) bool { return l.Truth == "T" && r.Line <= l.EndLine && r.End >= l.Line }) {
				alarms = append(alarms, fault{-r.Score, r.Rule + "\t" + describe(r.Line)})
			}
		}
	}
	return writeFile(file, func(w io.Writer) error {
		for _, list := range []struct {
			name   string
			faults []fault
		}{{"miss", misses}, {"alarm", alarms}} {
			slices.SortStableFunc(list.faults, func(a, b fault) int { return cmp.Compare(a.score, b.score) })
			for _, f := range list.faults {
				if _, err := fmt.Fprintf(w, "%s\t%.3f\t%s\n", list.name, math.Abs(f.score), f.text); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
