package main

import (
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// hookCommands are the commands of the scripts about hooks:
//
//	appendline FILE TEXT…   adds a line to a file
//	advised                 runs the commands that the last message on standard
//	                        error says to take out what was found with
func hookCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){"appendline": appendLine, "advised": advised}
}

func advised(ts *testscript.TestScript, neg bool, args []string) {
	var script []string
	for line := range strings.Lines(ts.ReadFile("stderr")) {
		if _, command, ok := strings.Cut(line, "take it out now:  "); ok {
			script = append(script, command)
		}
	}
	if len(script) == 0 {
		ts.Fatalf("no command on stderr")
	}
	ts.Check(ts.Exec("bash", "-e", "-c", strings.Join(script, "")))
}

func appendLine(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: appendline FILE TEXT...")
	}
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644)
	ts.Check(err)
	_, err = f.WriteString(strings.Join(args[1:], " ") + "\n")
	ts.Check(err)
	ts.Check(f.Close())
}
