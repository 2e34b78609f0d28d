package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/keysift/keysift/internal/policy"
	"github.com/keysift/keysift/internal/report"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// errTimeout is the cause of the end of a run that took too long.
var errTimeout = errors.New("timeout")

// A job is one run of the engine from a source to its reports.
type job struct {
	*common
	sys      *system
	set      *rules.Set
	source   scan.Source                           // nil if scan is given
	passes   *goPasses                             // adds the analyzers of Go; may be nil
	scan     scanFunc                              // takes the place of the engine's way through source
	about    *fileFindings                         // stamps findings and adds those about files; may be nil
	enrich   func(*report.Record, map[string]bool) // see report.CollectorOptions
	review   func(*report.Run)                     // has the last word on what is reported; may be nil
	status   func() string                         // what the progress line says; nil for files and bytes
	coverage func(*report.Summary)                 // fills in what the source has brought so far
	note     string                                // ends a clean text report
	text     textFunc                              // takes the place of the text report, and goes to standard error
	relative func(string) string                   // see report.Options
	found    atomic.Int64                          // occurrences, for the progress line
}

// A scanFunc yields findings and what could not be read, as scan.Engine.Scan does.
type scanFunc func(context.Context, *scan.Engine) iter.Seq2[scan.Finding, error]

// A textFunc writes what a run found for people.
type textFunc func(w io.Writer, run *report.Run, color bool) error

// A destination is a report to be written.
type destination struct {
	format, file string // an empty file is standard output
}

// run scans, reports, and returns an error that stands for the exit status.
func (j *job) run(ctx context.Context) error {
	dests, err := j.destinations()
	if err != nil {
		return err
	}
	start := time.Now()
	if j.timeout > 0 {
		var cancel func()
		ctx, cancel = context.WithTimeoutCause(ctx, time.Duration(j.timeout), errTimeout)
		defer cancel()
	}
	result, interrupted, err := j.collect(ctx, start)
	if err != nil {
		return err
	}
	for _, d := range dests {
		if err := j.write(d, result, start); err != nil && !errors.Is(err, syscall.EPIPE) {
			return err
		}
	}
	j.tell(result)
	return j.outcome(result, interrupted)
}

// collect runs the engine. It reports whether the run was interrupted; what was
// found until then is in the result.
func (j *job) collect(ctx context.Context, start time.Time) (*report.Run, bool, error) {
	applied := j.newPolicy()
	engine := scan.New(j.set, scan.Options{Workers: j.jobs, Now: start, DecodeDepth: j.decodeDepth(), Allow: applied.Comment})
	collector := report.NewCollector(report.CollectorOptions{
		MinConfidence: j.minConfidence, MinSeverity: j.minSeverity,
		FailConfidence: j.failConfidence, MinExposure: j.minExposure,
		ShowSuppressed: j.noSuppress, ShowSecrets: j.showSecrets != "",
		Fingerprints: j.fingerprinter(), Remedy: j.set.Remedy, Enrich: j.enrich,
	})
	findings := engine.Scan(ctx, j.source)
	if j.scan != nil {
		findings = j.scan(ctx, engine)
	}
	if j.passes != nil {
		findings = j.passes.add(ctx, findings, applied.Comment)
	}
	stop := j.showProgress(start)
	var failure error
	for f, err := range j.judged(findings, applied) {
		if err == nil {
			j.found.Add(1)
			collector.Add(&f, f.Hint)
			continue
		}
		var skipped *scan.Skipped
		if j.verbose && errors.As(err, &skipped) {
			j.complain(skipped.Error())
		}
		if failure = collector.AddError(err); failure != nil {
			break
		}
	}
	stop()
	interrupted := errors.Is(failure, errInterrupted)
	switch {
	case errors.Is(failure, errTimeout):
		failure = collector.AddError(&scan.Incomplete{
			Reason: "timeout", Detail: fmt.Sprintf("stopped after %v", time.Duration(j.timeout)),
			Cure: "allow more time with --timeout, or scan less at once",
		})
	case interrupted:
		failure = nil
	}
	summary := report.Summary{Version: version(), Rules: j.set.Len(), Seconds: time.Since(start).Seconds()}
	j.coverage(&summary)
	result := collector.Collect(summary)
	if j.review != nil {
		j.review(result)
	}
	if interrupted {
		result.Summary.Complete = false
	}
	j.tellPolicy(applied)
	return result, interrupted, failure
}

// judged yields findings as policy sees them, and behind them, if the job asks
// for it, what follows from them about the files they are in.
func (j *job) judged(findings iter.Seq2[scan.Finding, error], applied *policy.Policy) iter.Seq2[scan.Finding, error] {
	if j.about == nil {
		return applied.Apply(findings)
	}
	return func(yield func(scan.Finding, error) bool) {
		for f, err := range j.about.Watch(applied.Apply(j.about.stamp(findings))) {
			if !yield(f, err) {
				return
			}
		}
		for f, err := range applied.Apply(j.about.Findings()) {
			if !yield(f, err) {
				return
			}
		}
	}
}

// destinations returns what is to be written where, from --format and --output.
func (c *common) destinations() ([]destination, error) {
	var dests []destination
	main := destination{format: c.format}
	for _, o := range c.outputs {
		format, file, ok := strings.Cut(o, "=")
		if ok && known(format) {
			dests = append(dests, destination{format, file})
			continue
		}
		if main.file != "" {
			return nil, fmt.Errorf("--output names two files for one report, %s and %s; write FORMAT=FILE for a further one", main.file, o)
		}
		main.file = o
		if main.format == "" {
			main.format = report.FormatOf(o)
		}
	}
	if main.format == "" {
		main.format = "text"
	}
	if !known(main.format) {
		return nil, fmt.Errorf("unknown format %q, want one of %s", main.format, strings.Join(report.Formats(), ", "))
	}
	return append([]destination{main}, dests...), nil
}

func known(format string) bool {
	for _, f := range report.Formats() {
		if f == format {
			return true
		}
	}
	return false
}

func (j *job) write(d destination, run *report.Run, start time.Time) error {
	if d.file == "" && d.format == "text" && j.text != nil {
		return j.text(j.sys.stderr, run, j.colored(j.sys, j.sys.stderr))
	}
	if d.file == "" {
		return j.render(d.format, j.sys.stdout, run, start, j.colored(j.sys, j.sys.stdout))
	}
	return writeFile(d.file, func(w io.Writer) error { return j.render(d.format, w, run, start, false) })
}

func (j *job) render(format string, w io.Writer, run *report.Run, start time.Time, color bool) error {
	r, err := report.New(format, w, report.Options{
		Color: color, Terse: j.source != nil || j.scan != nil, Note: j.note, Relative: j.relative, Remedy: j.set.Remedy, Start: start, GroupBy: j.groupBy,
	})
	if err != nil {
		return err
	}
	return run.Write(r)
}

// writeFile writes a file as a whole: it appears under its name only when all
// of it is written. What exists but is no ordinary file is written to.
func writeFile(name string, write func(io.Writer) error) (err error) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return fmt.Errorf("writing the report: %w", err)
		}
		return errors.Join(write(f), f.Close())
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".keysift-report-*")
	if err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if err = errors.Join(write(f), f.Chmod(0o644), f.Close()); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return os.Rename(f.Name(), name)
}

// tell writes to standard error what could not be read and what was looked at.
func (j *job) tell(run *report.Run) {
	for _, i := range run.Incomplete {
		j.complain(i.String())
	}
	if !j.quiet {
		j.complain(report.Coverage(run.Summary))
	}
}

func (j *job) complain(text string) {
	_, _ = fmt.Fprintln(j.sys.stderr, "keysift: "+report.Visible(text))
}

// outcome returns the error that stands for the exit status.
func (j *job) outcome(run *report.Run, interrupted bool) error {
	if interrupted {
		return &exitError{exitInterrupted, errors.New("interrupted; the report holds what was found until then")}
	}
	for reason := range run.Summary.Incomplete {
		if !j.tolerates(reason) {
			return &exitError{code: exitError2}
		}
	}
	if run.Failing() > 0 && !j.exitZero && j.exitCode != 0 {
		return &exitError{code: j.exitCode}
	}
	return nil
}

// showProgress writes a line about the run to a terminal twice a second, from
// two seconds on. The function it returns ends that and clears the line.
func (j *job) showProgress(start time.Time) func() {
	if j.quiet || j.progress == "never" || j.progress == "auto" && !j.sys.terminal(j.sys.stderr) {
		return func() {}
	}
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(500 * time.Millisecond)
		defer tick.Stop()
		shown := false
		for {
			select {
			case <-done:
				if shown {
					_, _ = fmt.Fprint(j.sys.stderr, "\r\x1b[K")
				}
				return
			case now := <-tick.C:
				if now.Sub(start) < 2*time.Second {
					continue
				}
				shown = true
				_, _ = fmt.Fprintf(j.sys.stderr, "\r\x1b[K%s, %d findings so far", j.statusText(), j.found.Load())
			}
		}
	})
	return func() { close(done); wg.Wait() }
}

func (j *job) statusText() string {
	if j.status != nil {
		return j.status()
	}
	var s report.Summary
	j.coverage(&s)
	return fmt.Sprintf("%d files, %d MB", s.Files, s.Bytes>>20)
}
