package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/keysift/keysift/internal/secrettest"
	"github.com/keysift/keysift/rules"
)

// fixCommands are the commands of the scripts about repairs:
//
//	sample NAME RULE   sets $NAME to a made-up credential of a rule
//	treehash NAME      sets $NAME to a hash of all files below the current folder
func fixCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){"sample": sampleOf, "treehash": treeHash}
}

func sampleOf(ts *testscript.TestScript, neg bool, args []string) {
	set, err := rules.Builtin()
	ts.Check(err)
	r, ok := set.Rule(args[1])
	if !ok {
		ts.Fatalf("no rule %s", args[1])
	}
	s, err := secrettest.Sample(r, 1)
	ts.Check(err)
	ts.Setenv(args[0], s.Secret())
}

// treeHash hashes names, modes and contents, those below .git included.
func treeHash(ts *testscript.TestScript, neg bool, args []string) {
	h := sha256.New()
	root := ts.MkAbs(".")
	ts.Check(filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel := strings.TrimPrefix(name, root)
		_, _ = fmt.Fprintf(h, "%s\x00%v\x00%d\x00", rel, info.Mode(), info.Size())
		if !info.Mode().IsRegular() {
			return nil
		}
		data, err := os.ReadFile(name)
		h.Write(data)
		return err
	}))
	ts.Setenv(args[0], hex.EncodeToString(h.Sum(nil)))
}
