package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"
)

// compete runs all tools in turn: once to warm up, then as often as asked.
func compete(ctx context.Context, tools []tool, runs int) ([]Result, error) {
	results := make([]Result, len(tools))
	for run := range runs + 1 {
		for i, t := range tools {
			switch {
			case t.count == nil:
			case run == 0:
				t.command = t.count
			default:
				t.found = nil
			}
			s, found, err := t.measure(ctx)
			if err != nil {
				return nil, fmt.Errorf("running %s: %w", t.name, err)
			}
			results[i].Tool = t.name
			if t.found != nil {
				results[i].Findings = found
			}
			if run > 0 {
				results[i].Samples = append(results[i].Samples, s)
			}
		}
	}
	for i := range results {
		results[i].summarise()
	}
	return results, nil
}

// measure runs a tool once and returns what it took and the number of findings,
// 0 if that is not to be read from its output.
func (t *tool) measure(ctx context.Context) (Sample, int, error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, t.command[0], t.command[1:]...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	if err != nil {
		ee, ok := errors.AsType[*exec.ExitError](err)
		if !ok || !slices.Contains(t.status, ee.ExitCode()) {
			return Sample{}, 0, fmt.Errorf("%w\n%s", err, bytes.TrimSpace(stderr.Bytes()))
		}
	}
	s := Sample{
		Wall: wall.Seconds(),
		CPU:  (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(),
		Peak: peakMemory(cmd.ProcessState),
	}
	if t.found == nil {
		return s, 0, nil
	}
	out := stdout.Bytes()
	if t.report != "" {
		if out, err = os.ReadFile(t.report); err != nil {
			return s, 0, err
		}
	}
	found, err := t.found(out)
	return s, found, err
}

// summarise sets the spreads from the samples.
func (r *Result) summarise() {
	r.Wall = spread(r.Samples, func(s Sample) float64 { return s.Wall })
	r.CPU = spread(r.Samples, func(s Sample) float64 { return s.CPU })
	r.Peak = spread(r.Samples, func(s Sample) int64 { return s.Peak })
}

// spread returns the median, the least and the largest of a figure. There must
// be a sample.
func spread[T cmp.Ordered](samples []Sample, figure func(Sample) T) Spread[T] {
	var values []T
	for _, s := range samples {
		values = append(values, figure(s))
	}
	slices.Sort(values)
	// Of an even number, the lower of the two in the middle: a figure that was
	// measured.
	return Spread[T]{Median: values[(len(values)-1)/2], Min: values[0], Max: values[len(values)-1]}
}
