package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/pflag"

	"github.com/keysift/keysift/internal/report"
)

func reportCommand() *command {
	return &command{
		name: "report", args: "FILE.jsonl…",
		summary: "turns stored findings into another format",
		manual: `
Reads reports in the format jsonl, "-" being standard input, merges the runs in
them, and writes one report. A secret that several runs found is one finding
with all its places.

The exit status is 0 whatever the findings are and whatever the runs could not
look at: that was the status of the runs. It is 2 if a file cannot be read, is
empty or ends before its summary, so that a run was cut off. What such a file
holds is in the report; with --allow-incomplete the status is 0.`,
		setup: func(f *pflag.FlagSet) runFunc {
			c := &common{flags: f}
			f.StringVarP(&c.format, "format", "f", "", "`FORMAT` of the report (default text)")
			f.StringArrayVarP(&c.outputs, "output", "o", nil, outputUsage)
			f.StringVar(&c.color, "color", "auto", "`WHEN` to use colour: auto, always, never")
			f.StringVar(&c.allowIncomplete, "allow-incomplete", "", "a stored run that was cut off does not fail, for the comma-separated `REASON` unreadable or any")
			f.Lookup("allow-incomplete").NoOptDefVal = anyReason
			f.BoolVarP(&c.quiet, "quiet", "q", false, "no coverage line")
			f.StringVar(&c.groupBy, "group-by", "", "group text, markdown and html by `WHAT`: owner, provider, secret, path")
			return func(_ context.Context, sys *system, args []string) error {
				return c.convert(sys, args)
			}
		},
	}
}

func (c *common) convert(sys *system, files []string) error {
	if len(files) == 0 {
		return errors.New("want at least one file: keysift report FILE.jsonl --format html")
	}
	if err := checkReasons(c.allowIncomplete); err != nil {
		return fmt.Errorf("--allow-incomplete: %w", err)
	}
	dests, err := c.destinations()
	if err != nil {
		return err
	}
	set, err := c.ruleSet()
	if err != nil {
		return err
	}
	var runs []*report.Run
	cut := false
	for _, name := range files {
		r, err := readRun(sys, name)
		if err != nil {
			return err
		}
		runs = append(runs, r)
		cut = cut || r.Summary == nil
	}
	merged := report.Merge(runs...)
	j := &job{common: c, sys: sys, set: set, stored: true}
	if root := repositoryRoot([]string{"."}); root != "" {
		j.relative = relativeTo(root)
	}
	for _, d := range dests {
		if err := j.write(d, merged, time.Time{}); err != nil {
			return err
		}
	}
	j.tell(merged)
	if cut && !c.tolerates(cutOffReason) {
		return &exitError{code: exitError2}
	}
	return nil
}

// cutOffReason is the reason under which report.Merge has a run that was cut off.
const cutOffReason = "unreadable"

func readRun(sys *system, name string) (*report.Run, error) {
	var in io.Reader = sys.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	run, err := report.ReadJSONL(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return run, nil
}
