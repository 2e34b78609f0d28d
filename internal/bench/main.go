// Command bench measures keysift beside its peers on large trees:
//
//	go run ./internal/bench
//	go run ./internal/bench history
//
// It takes the trees from the Go module mirror, installs the peers that are Go
// modules, builds keysift, and runs all of them in turn, so that what else the
// machine does hits all alike. It prints medians, spreads and ratios of wall
// time, CPU time and peak memory. ripgrep joins in if it is installed, looking
// for the literals of keysift's rules: a bound on what any prefilter may cost.
//
// What it fetched stays in the folder that -dir names, by default one in the
// user's cache. It judges nothing: whether a figure is good enough is up to
// the reader.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "bench:", err)
		}
		os.Exit(2)
	}
}

// options are the flags.
type options struct {
	dir     string
	runs    int
	starts  int
	json    string
	keysift string
	corpora string
	peers   bool
}

func parse(args []string, stderr io.Writer) (*options, error) {
	var o options
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.StringVar(&o.dir, "dir", "", "keep trees and programs in this `folder` (default keysift-bench in the user's cache)")
	fs.IntVar(&o.runs, "runs", 5, "measured runs of each program over each tree, after one to warm up")
	fs.IntVar(&o.starts, "starts", 20, "measured runs of each program over one small file; 0 for none")
	fs.StringVar(&o.json, "json", "", "write the figures as JSON to this `file`; - is standard output, in place of the table")
	fs.StringVar(&o.keysift, "keysift", "", "measure this `program` instead of building keysift from the current module")
	fs.StringVar(&o.corpora, "corpora", strings.Join(corpusNames(), ","), "the trees to measure on, a `list`")
	fs.BoolVar(&o.peers, "peers", true, "measure the peers, too")
	if err := fs.Parse(args); err != nil {
		return nil, err
	}
	switch {
	case fs.NArg() > 0:
		return nil, fmt.Errorf("unexpected argument %q", fs.Arg(0))
	case o.runs < 1 || o.starts < 0:
		return nil, errors.New("-runs must be at least 1 and -starts at least 0")
	case o.dir != "":
		return &o, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, fmt.Errorf("finding a folder to work in: %w; name one with -dir", err)
	}
	o.dir = filepath.Join(cache, "keysift-bench")
	return &o, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) > 0 {
		switch args[0] {
		case "history":
			return runHistory(ctx, args[1:], stdout, stderr)
		case "walk": // one of what that measures
			return runWalk(ctx, args[1:])
		}
	}
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	say := func(format string, args ...any) { fmt.Fprintf(stderr, format+"\n", args...) }
	w, err := newWorkshop(ctx, o, say)
	if err != nil {
		return err
	}
	defer w.close()
	report := Report{Machine: describeMachine()}
	for name := range strings.SplitSeq(o.corpora, ",") {
		c, err := w.corpus(ctx, name)
		if err != nil {
			return err
		}
		say("measuring on %s: %d files, %.1f MB", c.Name, c.Files, mega(c.Bytes))
		if c.Results, err = compete(ctx, w.treeTools(c.dir), o.runs); err != nil {
			return err
		}
		report.Corpora = append(report.Corpora, *c)
	}
	if o.starts > 0 {
		say("measuring start-up")
		file, err := w.smallFile()
		if err != nil {
			return err
		}
		if report.Startup, err = compete(ctx, w.startTools(file), o.starts); err != nil {
			return err
		}
	}
	return write(&report, o.json, stdout)
}

// write prints the table, and the JSON where it was asked for.
func write(r *Report, name string, stdout io.Writer) error {
	if name == "-" {
		return r.writeJSON(stdout)
	}
	if err := r.writeTable(stdout); err != nil || name == "" {
		return err
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := r.writeJSON(f); err != nil {
		_ = f.Close()
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return f.Close()
}
