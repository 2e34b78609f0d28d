package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// moreCommands are the commands of the scripts about bad input:
//
//	status N PROGRAM ARG…       runs a program that must end with status N
//	oddfile 'NAME' FILE         copies FILE to NAME, a Go string without its quotes
//	hugefile NAME SIZE          a text of SIZE that ends in a line with $KEY, sparse
//	longline NAME SIZE          one line of SIZE without an end, $KEY in its middle
//	utf16 FILE NAME             writes the text of FILE to NAME in UTF-16
//	truncating NAME N PROGRAM…  as status, with NAME cut to a tenth while it runs
//
// and those of [systemCommands], [hookCommands], [fixCommands] and [decodeCommands].
func moreCommands() map[string]func(*testscript.TestScript, bool, []string) {
	cmds := map[string]func(*testscript.TestScript, bool, []string){
		"status":     runStatus,
		"oddfile":    oddFile,
		"hugefile":   hugeFile,
		"longline":   longLine,
		"truncating": truncating,
		"utf16":      utf16File,
	}
	for name, f := range systemCommands() {
		cmds[name] = f
	}
	for name, f := range hookCommands() {
		cmds[name] = f
	}
	for name, f := range fixCommands() {
		cmds[name] = f
	}
	for name, f := range decodeCommands() {
		cmds[name] = f
	}
	return cmds
}

// program returns the command that runs a program as the script does.
func program(ts *testscript.TestScript, args []string) *exec.Cmd {
	cmd := exec.Command(lookPath(ts, args[0]), args[1:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Stdout, cmd.Stderr = ts.Stdout(), ts.Stderr()
	for _, name := range []string{"PATH", "HOME", "CI", "NO_COLOR", "TMPDIR", "TEMP", "SYSTEMROOT", "GOCOVERDIR"} {
		if v := ts.Getenv(name); v != "" {
			cmd.Env = append(cmd.Env, name+"="+v)
		}
	}
	return cmd
}

func lookPath(ts *testscript.TestScript, name string) string {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		for _, ext := range []string{"", ".exe"} {
			p := filepath.Join(dir, name+ext)
			if info, err := os.Stat(p); err == nil && info.Mode().IsRegular() {
				return p
			}
		}
	}
	ts.Fatalf("no program %s", name)
	return ""
}

// want reads the number of a status.
func want(ts *testscript.TestScript, neg bool, args []string, least int) int {
	if neg || len(args) < least {
		ts.Fatalf("no command with ! or with %d arguments", len(args))
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	return n
}

// checkStatus holds a program that has ended to its status.
func checkStatus(ts *testscript.TestScript, cmd *exec.Cmd, err error, want int) {
	if cmd.ProcessState == nil {
		ts.Fatalf("%v", err)
	}
	if got := cmd.ProcessState.ExitCode(); got != want {
		ts.Fatalf("status %d (%v), want %d", got, cmd.ProcessState, want)
	}
}

func runStatus(ts *testscript.TestScript, neg bool, args []string) {
	n := want(ts, neg, args, 2)
	cmd := program(ts, args[1:])
	checkStatus(ts, cmd, cmd.Run(), n)
}

func oddFile(ts *testscript.TestScript, neg bool, args []string) {
	name, err := strconv.Unquote(`"` + args[0] + `"`)
	ts.Check(err)
	name = ts.MkAbs(name)
	ts.Check(os.MkdirAll(filepath.Dir(name), 0o755))
	ts.Check(os.WriteFile(name, []byte(ts.ReadFile(args[1])), 0o644))
}

// hugeFile writes enough text for a file to be taken for it, then nothing.
func hugeFile(ts *testscript.TestScript, neg bool, args []string) {
	size, err := parseSize(args[1])
	ts.Check(err)
	end := "\ntoken = " + ts.Getenv("KEY") + "\n"
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = f.WriteString(strings.Repeat("a line of text\n", 1000))
	ts.Check(err)
	_, err = f.WriteAt([]byte(end), size-int64(len(end)))
	ts.Check(err)
	ts.Check(f.Close())
}

func longLine(ts *testscript.TestScript, neg bool, args []string) {
	size, err := parseSize(args[1])
	ts.Check(err)
	half := strings.Repeat("x ", int(size)/4)
	line := half + "token=" + ts.Getenv("KEY") + " " + half
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(line), 0o644))
}

func truncating(ts *testscript.TestScript, neg bool, args []string) {
	name := ts.MkAbs(args[0])
	n := want(ts, neg, args[1:], 2)
	info, err := os.Stat(name)
	ts.Check(err)
	cmd := program(ts, args[2:])
	ts.Check(cmd.Start())
	time.Sleep(150 * time.Millisecond)
	ts.Check(os.Truncate(name, info.Size()/10))
	checkStatus(ts, cmd, cmd.Wait(), n)
}
