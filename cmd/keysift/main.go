// Command keysift finds leaked credentials and tells how to end the leak.
//
// Run "keysift help" for its commands.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/keysift/keysift/internal/report"
	"github.com/keysift/keysift/rules"
)

func main() {
	// A closed pipe is an error of the write, not the death of the process:
	// the status still has to say what was found.
	signal.Ignore(syscall.SIGPIPE)
	collectLess(os.Getenv)
	ctx, stop := withInterrupt(context.Background())
	defer stop()
	err := run(ctx, os.Args[1:], &system{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		getenv: os.Getenv, terminal: isTerminal,
	})
	os.Exit(status(err, os.Stderr))
}

// gcPercent is how far the heap may grow between two collections, in per cent.
// Little is live and most memory is used again, so that at the usual 100 some
// per cent of a run went into collections which freed next to nothing.
const gcPercent = 400

// collectLess sets that, unless the user has.
func collectLess(getenv func(string) string) {
	if getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}

// A system is what a command may use of the process it runs in.
type system struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	terminal       func(io.Writer) bool
}

// errInterrupted is the cause of the end of a run that was told to stop.
var errInterrupted = errors.New("interrupted")

// withInterrupt returns a context that ends with errInterrupted at the first
// signal; a second one kills the process.
func withInterrupt(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-signals:
			signal.Stop(signals)
			cancel(errInterrupted)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { signal.Stop(signals); cancel(nil) }
}

// An exitError ends the program with a status. Its message, if any, is printed.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// The exit statuses, see CLI.md "Exit status".
const (
	exitFound       = 1
	exitError2      = 2
	exitInterrupted = 130
)

// status returns the exit status for the error of a command and prints it.
func status(err error, stderr io.Writer) int {
	if err == nil {
		return 0
	}
	var exit *exitError
	if !errors.As(err, &exit) {
		exit = &exitError{exitError2, err}
	}
	if exit.err != nil && !errors.Is(exit.err, syscall.EPIPE) {
		_, _ = fmt.Fprintln(stderr, "keysift:", message(exit.err))
	}
	return exit.code
}

// message returns what is printed of an error, which may name files.
func message(err error) string {
	text := err.Error()
	if set, err := rules.Builtin(); err == nil {
		text = newNames(set).Redact(text)
	}
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = report.Visible(lines[i])
	}
	return strings.Join(lines, "\n")
}
