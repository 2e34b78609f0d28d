package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/keysift/keysift/hook"
	"github.com/keysift/keysift/internal/report"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// maxNamed bounds how many paths a command of the hook's message names.
const maxNamed = 20

// text writes the hook's message: what, where, how sure, and the commands that
// put it right.
func (h *hookRun) text(w io.Writer, run *report.Run, color bool) error {
	b := bufio.NewWriter(w)
	refused := false
	files, held := aboutFiles(run)
	for _, r := range run.Findings {
		if r.Kind == rules.File.String() && held[r.Path] {
			continue // told with what the file holds
		}
		blocks := r.Advisory == "" && r.Suppressed == nil
		refused = refused || blocks
		h.finding(b, r, color)
		if !blocks {
			continue
		}
		if r.Kind == rules.File.String() {
			h.say(b, h.keepOut(r))
			continue
		}
		cure := h.cure(r)
		if files[r.Path] != nil && h.amends(r) {
			// With its name, amending would take the file in again.
			cure = advice{"Not pushed yet; keep the file out of git, as below, then:", "git commit --amend --no-edit"}
		}
		h.say(b, cure)
		for _, p := range r.Places {
			if f := files[scan.FileOf(p.Path)]; f != nil {
				h.say(b, h.keepOut(f))
				delete(files, scan.FileOf(p.Path))
			}
		}
		h.say(b, advice{"Meant to be there:", h.allow(r) + ` --reason "…"`})
	}
	if skip := hook.SkipCommand(h.stage); refused && skip != "" {
		h.say(b, advice{"Skip once:", skip})
	}
	if !run.Summary.Complete {
		h.say(b, advice{"keysift: refused, since not everything could be looked at.", ""})
		if skip := hook.SkipCommand(h.stage); skip != "" && !refused {
			h.say(b, advice{"Skip once:", skip})
		}
	}
	return b.Flush()
}

// aboutFiles returns the findings about files by their paths, and in which files
// something is found: one message is enough for both.
func aboutFiles(run *report.Run) (files map[string]*report.Record, held map[string]bool) {
	files, held = map[string]*report.Record{}, map[string]bool{}
	for _, r := range run.Findings {
		if r.Kind == rules.File.String() {
			if r.Suppressed == nil {
				files[r.Path] = r
			}
			continue
		}
		for _, p := range r.Places {
			held[scan.FileOf(p.Path)] = true
		}
	}
	return files, held
}

// keepOut returns the command that keeps a file out of git.
func (h *hookRun) keepOut(r *report.Record) advice {
	_, state, ok := strings.Cut(r.Reason, "; ")
	if !ok {
		state = r.Reason
	}
	return advice{
		report.Visible(r.Title) + "; " + report.Visible(state) + ". Keep it out of git:",
		"keysift fix " + h.userPath(r.Path),
	}
}

// An advice is a line that ends in a command.
type advice struct{ text, command string }

func (h *hookRun) say(w io.Writer, a advice) {
	switch {
	case a.command != "":
		_, _ = fmt.Fprintf(w, "  %s  %s\n", a.text, a.command)
	case a.text != "":
		_, _ = fmt.Fprintf(w, "  %s\n", a.text)
	}
}

// finding writes the lines that say what was found.
func (h *hookRun) finding(w io.Writer, r *report.Record, color bool) {
	place := report.Visible(r.Path)
	if r.Start.Line > 0 {
		place += ":" + strconv.Itoa(r.Start.Line) + ":" + strconv.Itoa(r.Start.Column)
	}
	title := report.Visible(r.Title)
	if color {
		place, title = "\x1b[36m"+place+"\x1b[0m", "\x1b[1;31m"+title+"\x1b[0m"
	}
	line := place + ": " + title
	if r.Secret != "" {
		line += " " + report.Visible(r.Secret)
	}
	line += " (" + r.Confidence
	if r.Reason != "" {
		line += ": " + report.Visible(r.Reason)
	}
	line += ")"
	if c := commitOf(r); c != "" && !strings.HasSuffix(r.Path, c) {
		line += ", in commit " + short(c)
	}
	_, _ = fmt.Fprintln(w, line)
	if len(r.Places) > 1 {
		var also []string
		for _, p := range r.Places[1:min(len(r.Places), maxNamed)] {
			also = append(also, report.Visible(p.Path)+":"+strconv.Itoa(p.Line))
		}
		h.say(w, advice{"Also at " + strings.Join(also, ", "), ""})
	}
	switch {
	case r.Suppressed != nil:
		h.say(w, advice{"Allowed by " + report.Visible(r.Suppressed.By) + ": " + report.Visible(r.Suppressed.Reason), ""})
	case r.Advisory != "":
		h.say(w, advice{"Does not stop the commit: below the threshold of " + r.Advisory, ""})
	}
	if r.Note != "" {
		h.say(w, advice{report.Visible(r.Note), ""})
	}
}

// commitOf returns the commit of the first place, if that is known.
func commitOf(r *report.Record) string {
	if len(r.Places) == 0 {
		return ""
	}
	return r.Places[0].Commit
}

func short(id string) string { return id[:min(len(id), 10)] }

// cure returns the command that takes a finding out of what is about to be
// committed or pushed.
func (h *hookRun) cure(r *report.Record) advice {
	switch {
	case commitOf(r) != "":
		return h.cureCommit(r)
	case r.Exposure == "":
		return advice{"In a file that is not staged; the steps that end the leak:", "keysift explain " + r.Rule}
	case h.stage == stageMessage:
		return advice{"Not committed yet; write the message without it:", "git commit --edit --file=" + h.userPath(r.Path)}
	case h.repo.OwnIndex():
		return advice{"Not committed yet; take it out of the file, read it from the environment instead, and commit again:", h.userPath(r.Path)}
	}
	return advice{"Not committed yet; take it out now:", h.unstage(r)}
}

// unstage returns the command that takes the files of a finding out of the
// index and leaves them on disk.
func (h *hookRun) unstage(r *report.Record) string {
	command := "git restore --staged"
	if h.repo.Unborn() {
		command = "git rm --cached"
	}
	var paths []string
	for _, p := range r.Places {
		path := p.Path
		if odd, ok := h.odd[path]; ok {
			path = odd
		}
		if len(paths) < maxNamed && !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	// git rm stops at content that is neither that of HEAD nor on disk.
	if h.repo.Unborn() && slices.ContainsFunc(paths, func(p string) bool { return !h.repo.SameOnDisk(p) }) {
		command += " --force"
	}
	for _, p := range paths {
		command += " " + h.pathspec(p)
	}
	return command
}

// amends reports whether a finding stands in the last commit, which can be
// amended.
func (h *hookRun) amends(r *report.Record) bool {
	return h.stage != stagePreReceive && commitOf(r) != "" && h.repo.HeadIs(commitOf(r))
}

func (h *hookRun) cureCommit(r *report.Record) advice {
	commit := commitOf(r)
	text := "Not pushed yet; take it out of the commit:"
	if h.stage == stagePreReceive {
		text = "Refused, so that nobody has it; take it out of the commit and push again:"
	}
	if name, ok := strings.CutPrefix(r.Path, "tag:"); ok {
		return advice{"Not pushed yet; delete the tag and write it anew:", "git tag -d " + hook.ShellWord(h.repo.Tag(name))}
	}
	switch {
	case h.amends(r) && strings.HasPrefix(r.Path, "commit:"):
		return advice{text, "git commit --amend"}
	case h.amends(r):
		return advice{"Not pushed yet; take it out of the file, then:", "git commit --amend --no-edit " + h.pathspec(r.Path)}
	case h.repo.Parented(commit):
		return advice{text, "git rebase -i " + short(commit) + "^"}
	}
	return advice{text, "git rebase -i --root"}
}

// allow returns the command that records that a finding is meant to be there:
// by its place where that can be looked up again, else by its fingerprint.
func (h *hookRun) allow(r *report.Record) string {
	if commitOf(r) != "" || h.stage == stageMessage {
		r.Identify()
		return "keysift allow " + r.Fingerprint
	}
	place := h.userPath(r.Path)
	if r.Start.Line > 0 {
		place = hook.ShellWord(h.fromUser(r.Path) + ":" + strconv.Itoa(r.Start.Line))
	}
	return "keysift allow " + place
}

// userPath returns a path of the repository as a word of a command for the
// folder in which git was called, from which it goes to the top.
func (h *hookRun) userPath(path string) string { return hook.ShellWord(h.fromUser(path)) }

// pathspec is userPath for a command that would take the path for a pattern.
func (h *hookRun) pathspec(path string) string {
	path = h.fromUser(path)
	if strings.ContainsAny(path, `*?[\`) || strings.HasPrefix(path, ":") {
		path = ":(literal)" + path
	}
	return hook.ShellWord(path)
}

func (h *hookRun) fromUser(path string) string {
	if odd, ok := h.odd[path]; ok {
		path = odd
	}
	top := h.repo.WorkTree()
	dir, err := os.Getwd()
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil || top == "" || filepath.IsAbs(path) || h.stage == stageMessage {
		return path
	}
	dir = filepath.Join(dir, filepath.FromSlash(h.sys.getenv("GIT_PREFIX")))
	rel, err := filepath.Rel(dir, filepath.Join(top, filepath.FromSlash(path)))
	if err != nil {
		return path
	}
	rel = filepath.ToSlash(rel)
	if strings.HasPrefix(rel, "-") {
		rel = "./" + rel
	}
	return rel
}

// oddPaths returns the paths that are not UTF-8 by their form in a report, in
// which each byte that does not fit is written as \xNN.
func oddPaths(paths map[string]bool) map[string]string {
	out := map[string]string{}
	for path := range paths {
		if utf8.ValidString(path) {
			continue
		}
		var b strings.Builder
		for i := 0; i < len(path); {
			r, n := utf8.DecodeRuneInString(path[i:])
			if r == utf8.RuneError && n == 1 {
				fmt.Fprintf(&b, `\x%02x`, path[i])
			} else {
				b.WriteString(path[i : i+n])
			}
			i += n
		}
		out[b.String()] = path
	}
	return out
}
