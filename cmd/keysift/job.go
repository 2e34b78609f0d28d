package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
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
	stored   bool                                  // the findings are read, not looked for
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
		ShowSuppressed: j.noSuppress, ShowSecrets: j.showSecrets != "", Names: j.names,
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
	if p := result.Summary.Policy; p != nil {
		for i := range p.Attempts {
			p.Attempts[i] = j.shown(p.Attempts[i])
		}
	}
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
		if ok && formatLike(format) {
			return nil, fmt.Errorf("--output %s: unknown format %q, want one of %s; a file of that name is ./%s",
				o, format, strings.Join(report.Formats(), ", "), o)
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

// formatLike reports whether what stands before "=" is meant for a format.
func formatLike(s string) bool { return regexp.MustCompile(`^[A-Za-z]+$`).MatchString(s) }

func known(format string) bool {
	for _, f := range report.Formats() {
		if f == format {
			return true
		}
	}
	return false
}

func (j *job) write(d destination, run *report.Run, start time.Time) error {
	switch {
	case d.file == "" && d.format == "text" && j.text != nil:
		return j.text(j.sys.stderr, run, j.colored(j.sys, j.sys.stderr))
	case d.file == "", d.file == stdoutName:
		return j.render(d.format, j.sys.stdout, run, start, j.colored(j.sys, j.sys.stdout))
	}
	out := outFile{what: "the report", stdout: j.sys.stdout, private: j.showSecrets != "" || run.Reveals()}
	err := out.write(d.file, func(w io.Writer) error { return j.render(d.format, w, run, start, false) })
	if err != nil && !errors.Is(err, syscall.EPIPE) {
		err = errors.New(j.shown(err.Error()))
	}
	return err
}

func (j *job) render(format string, w io.Writer, run *report.Run, start time.Time, color bool) error {
	r, err := report.New(format, w, report.Options{
		Color: color, Terse: j.stored || j.source != nil || j.scan != nil, Note: j.note, Relative: j.relative, Remedy: j.set.Remedy, Start: start, GroupBy: j.groupBy,
	})
	if err != nil {
		return err
	}
	return run.Write(r)
}

// stdoutName is what --output takes for standard output.
const stdoutName = "-"

// maxLinks bounds a chain of symbolic links.
const maxLinks = 40

// An outFile writes files. The zero value works.
type outFile struct {
	what    string    // names the content in errors; nothing means the file
	stdout  io.Writer // what "-" means, and /dev/stdout if it is a file; may be nil
	private bool      // nobody but the owner is to read it
}

// write writes a file as a whole: it appears under its name only when all of it
// is written. A symbolic link stays, and what it leads to is written. Devices,
// pipes and what the system keeps in /dev and /proc are written to.
func (o outFile) write(name string, write func(io.Writer) error) error {
	if name == stdoutName && o.stdout != nil {
		return write(o.stdout)
	}
	target, direct, err := followLinks(name)
	if err == nil && direct {
		err = o.writeTo(target, write)
	} else if err == nil {
		err = o.replace(target, write)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", cmp.Or(o.what, "a file"), err)
	}
	return nil
}

// followLinks returns the file that a name leads to, which may be missing, and
// whether it is to be written to as it is.
func followLinks(name string) (target string, direct bool, err error) {
	for range maxLinks {
		if ofSystem(name) {
			return name, true, nil
		}
		info, err := os.Lstat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return name, false, nil
		case err != nil:
			return "", false, err
		case info.IsDir():
			return "", false, fmt.Errorf("%s is a folder", name)
		case info.Mode()&fs.ModeSymlink == 0:
			return name, !info.Mode().IsRegular(), nil
		}
		to, err := os.Readlink(name)
		if err != nil {
			return "", false, err
		}
		if !filepath.IsAbs(to) {
			// The folder's own links come first: ".." starts from where it really is.
			dir, err := filepath.EvalSymlinks(filepath.Dir(name))
			if err != nil {
				return "", false, err
			}
			to = filepath.Join(dir, to)
		}
		name = to
	}
	return "", false, fmt.Errorf("%s: too many symbolic links", name)
}

// ofSystem reports whether a name lies where Unix keeps devices and open files.
func ofSystem(name string) bool {
	abs, err := filepath.Abs(name)
	if err != nil {
		return false
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(abs)); err == nil {
		abs = filepath.Join(dir, filepath.Base(abs))
	}
	for _, top := range []string{"/dev/", "/proc/"} {
		if strings.HasPrefix(abs, top) && !strings.HasPrefix(abs, "/dev/shm/") {
			return true
		}
	}
	return false
}

// writeTo writes to what is there. Standard output under one of its names is
// that of this process, which knows how far it has been written.
func (o outFile) writeTo(name string, write func(io.Writer) error) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if f, ok := o.stdout.(*os.File); ok {
		if own, err := f.Stat(); err == nil && os.SameFile(own, info) {
			return write(f)
		}
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

// replace puts a new file in the place of one, whose mode it keeps, or where
// there is none.
func (o outFile) replace(name string, write func(io.Writer) error) (err error) {
	mode := fs.FileMode(0o666) // less the umask
	if o.private {
		mode = 0o600
	}
	old, missing := os.Stat(name)
	temp := filepath.Join(filepath.Dir(name), ".keysift-"+strconv.FormatUint(rand.Uint64(), 36))
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return withoutTemp(name, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temp)
		}
	}()
	if missing == nil && !o.private {
		err = f.Chmod(old.Mode().Perm())
	}
	if err = errors.Join(err, write(f), f.Close()); err != nil {
		return withoutTemp(name, err)
	}
	if err = os.Rename(temp, name); err != nil {
		return withoutTemp(name, err)
	}
	return nil
}

// withoutTemp names the file that was asked for in the error of one that is
// only there meanwhile.
func withoutTemp(name string, err error) error {
	dir := filepath.Dir(name)
	if _, missing := os.Stat(dir); errors.Is(missing, fs.ErrNotExist) {
		return fmt.Errorf("%s: the folder %s does not exist", name, dir)
	}
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return fmt.Errorf("%s: %w", name, err)
}

// tell writes to standard error what could not be read and what was looked at.
func (j *job) tell(run *report.Run) {
	for _, i := range run.Incomplete {
		j.complain(i.String())
	}
	if !j.quiet {
		_, _ = fmt.Fprintln(j.sys.stderr, "keysift: "+report.Coverage(run.Summary))
	}
}

func (j *job) complain(text string) {
	_, _ = fmt.Fprintln(j.sys.stderr, "keysift: "+report.Visible(j.shown(text)))
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
