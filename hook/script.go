package hook

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// marker stands in the second line of every script of ours. What has it may be
// replaced and removed; nothing else is.
const marker = "# keysift-hook"

// originalSuffix ends the name of the hook that was there before.
const originalSuffix = ".keysift-original"

// script returns the script for a hook. It is for any POSIX shell, which git
// for Windows brings along.
func script(name string, opts InstallOptions) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "#!/bin/sh\n%s: %s\n", marker, name)
	b.WriteString("# Put here by \"keysift hook install\". \"keysift hook uninstall\" takes it away and\n# brings back the hook that was here before, if there was one.\n")
	feed := ""
	if readsInput(name) {
		feed = "keysift_feed | "
		b.WriteString("keysift_input=$(cat)\nkeysift_feed() { if [ -n \"$keysift_input\" ]; then printf '%s\\n' \"$keysift_input\"; fi; }\n")
	}
	fmt.Fprintf(&b, original, name+originalSuffix, feed)
	if opts.Global {
		fmt.Fprintf(&b, passOn, name, feed)
	}
	if !isStage(name) || !opts.has(name) {
		b.WriteString("exit 0\n")
		return []byte(b.String())
	}
	b.WriteString(check(name, opts.Program, feed))
	return []byte(b.String())
}

// original runs the hook that was there before. Some of them look at the name
// they are called by: a shell script is read in so that it sees the old one.
// None of it stands where the shell would ignore "set -e".
const original = `keysift_hook=${0%%/*}/%s
keysift_original() {
	IFS= read -r keysift_line <"$keysift_hook"
	case $keysift_line in
	'#!/bin/sh' | '#!/usr/bin/env sh') (. "$keysift_hook") ;;
	*) "$keysift_hook" "$@" ;;
	esac
}
if [ -x "$keysift_hook" ]; then
	%skeysift_original "$@"
	keysift_status=$?
	[ "$keysift_status" -eq 0 ] || exit "$keysift_status"
fi
`

// passOn runs the hook of the repository, of whose folder core.hooksPath has
// taken the place.
const passOn = `keysift_hook=$(git rev-parse --git-common-dir)/hooks/%s
if [ -x "$keysift_hook" ] && ! [ "$keysift_hook" -ef "$0" ]; then
	%s"$keysift_hook" "$@"
	keysift_status=$?
	[ "$keysift_status" -eq 0 ] || exit "$keysift_status"
fi
`

// check returns the part of a script that runs keysift.
func check(name, program, feed string) string {
	var b strings.Builder
	b.WriteString("keysift=keysift\n")
	if program != "" {
		fmt.Fprintf(&b, "[ ! -x %[1]s ] || keysift=%[1]s\n", ShellWord(program))
	}
	b.WriteString("if ! command -v \"$keysift\" >/dev/null 2>&1; then\n")
	for _, line := range missing(name, program) {
		fmt.Fprintf(&b, "\techo %s >&2\n", ShellWord(line))
	}
	b.WriteString("\texit 1\nfi\n")
	if feed == "" {
		feed = "exec "
	}
	return b.String() + feed + "\"$keysift\" hook run --quiet --stage " + name + " -- \"$@\"\n"
}

// missing is what a script says where there is no keysift.
func missing(name, program string) []string {
	where := "in PATH"
	if program != "" {
		where = "as " + program + ", nor in PATH"
	}
	lines := []string{
		"keysift: not found " + where + ", so that nothing has looked for credentials",
		"  Install it:  go install github.com/keysift/keysift/cmd/keysift@latest",
	}
	if skip := SkipCommand(name); skip != "" {
		lines = append(lines, "  Skip once:  "+skip)
	}
	return lines
}

// SkipCommand returns the command that goes on without the hook of this name,
// empty if there is none.
func SkipCommand(name string) string {
	switch name {
	case "pre-commit", "commit-msg":
		return "git commit --no-verify"
	case "pre-merge-commit":
		return "git merge --no-verify"
	case "pre-push":
		return "git push --no-verify"
	}
	return ""
}

// Stages returns the names of the hooks that keysift can be.
func Stages() []string {
	return []string{"pre-commit", "pre-merge-commit", "commit-msg", "pre-push", "pre-receive"}
}

func isStage(name string) bool {
	for _, s := range Stages() {
		if s == name {
			return true
		}
	}
	return false
}

// readsInput reports whether git writes something to a hook, which a script
// that runs two programs has to give to both.
func readsInput(name string) bool {
	switch name {
	case "pre-push", "pre-receive", "post-receive", "proc-receive", "post-rewrite", "reference-transaction":
		return true
	}
	return false
}

// passedOn are the hooks that a folder for all repositories has to have beside
// those of keysift: without them it would switch those of each repository off.
// proc-receive is left out, since it talks with git both ways.
func passedOn() []string {
	return []string{
		"applypatch-msg", "pre-applypatch", "post-applypatch", "prepare-commit-msg", "post-commit", "pre-rebase",
		"post-checkout", "post-merge", "post-rewrite", "pre-auto-gc", "update", "post-receive", "post-update",
		"push-to-checkout", "reference-transaction", "sendemail-validate", "post-index-change",
	}
}

// ours reports whether a script is one of keysift's.
func ours(script []byte) bool {
	lines := bytes.SplitN(script, []byte("\n"), 3)
	return len(lines) == 3 && bytes.HasPrefix(lines[1], []byte(marker+":"))
}

// ShellWord returns s as one word of a POSIX shell. One with characters that
// cannot be shown gets the $'…' form, which bash, zsh and ksh know.
func ShellWord(s string) string {
	plain, shown := s != "", utf8.ValidString(s)
	for _, c := range s {
		shown = shown && unicode.IsPrint(c)
		plain = plain && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("/._-+,@%:", c))
	}
	switch {
	case plain:
		return s
	case shown:
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	var b strings.Builder
	b.WriteString("$'")
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\'' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c >= 0x7f:
			fmt.Fprintf(&b, `\%03o`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('\'')
	return b.String()
}
