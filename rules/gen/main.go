// Command gen compiles the rule files of package rules, and its files of known
// names, into the tables that it embeds. It is run by "go generate ./rules", in that folder.
package main

import (
	"fmt"
	"os"

	"github.com/keysift/keysift/rules"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run() error {
	table, err := rules.Compile(os.DirFS("."), "builtin")
	if err != nil {
		return err
	}
	if err := os.WriteFile("builtin.table", table, 0o644); err != nil {
		return err
	}
	files, err := rules.CompileFiles(os.DirFS("."), "files")
	if err != nil {
		return err
	}
	return os.WriteFile("files.table", files, 0o644)
}
