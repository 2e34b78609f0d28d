//go:build !unix

package main

import "github.com/rogpeppe/go-internal/testscript"

// systemCommands are commands that need what this system does not have.
func systemCommands() map[string]func(*testscript.TestScript, bool, []string) { return nil }
