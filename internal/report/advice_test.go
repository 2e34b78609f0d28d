package report

import (
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// TestAdviceNamesTheList: a file that only an image or a package takes is kept
// out by the list of that set, and git is not what it is about.
func TestAdviceNamesTheList(t *testing.T) {
	for hint, want := range map[string]string{
		"To repair: add the line .env to .dockerignore (keysift fix does it)":                    "Add the line .env to .dockerignore.",
		"To repair: git rm --cached .env (keysift fix does it)":                                  "Run git rm --cached .env.",
		`To repair: take it out of "files" in pkg/package.json`:                                  `Take it out of "files" in pkg/package.json.`,
		"Take the value out of the file and read it from the environment: keysift fix shows how": "Take the value out of the file and read it from the environment: keysift fix shows how.",
	} {
		steps := Advice(nil, Situation{Exposure: scan.Unignored, Kind: rules.File, Path: ".env", Repair: hint})
		if len(steps) != 1 || steps[0].Text != want {
			t.Errorf("%q: %+v, want %q", hint, steps, want)
		}
	}
}

// TestAdviceForOddNames: a name with a line break stands in commands as a shell
// reads it, and no ignore line is promised for it.
func TestAdviceForOddNames(t *testing.T) {
	for _, tt := range []struct {
		at            Situation
		text, command string
	}{
		{Situation{Exposure: scan.Unignored, Path: "sub/tr \n.env"}, "add the line /tr ?.env to the .gitignore of its folder", ""},
		{Situation{Exposure: scan.Unignored, Kind: rules.File, Path: "sub/a*\t ", Repair: "To repair: keysift fix"}, `add the line /a\*?\  to`, ""},
		{Situation{Exposure: scan.Staged, Kind: rules.File, Path: "sub/a\t", Repair: "To repair: git rm --cached x"}, `add the line /a? to`, `git rm --cached $'sub/a\t'`},
		{Situation{Exposure: scan.Unignored, Path: "sub/a b"}, "have git ignore the file", "keysift fix 'sub/a b'"},
		{Situation{Exposure: scan.Staged, Path: "it's\n\\"}, "out of the index", `git reset -q -- $'it\'s\n\\'`},
	} {
		steps := Advice(nil, tt.at)
		if len(steps) == 0 || !strings.Contains(steps[0].Text, tt.text) || steps[0].Command != tt.command {
			t.Errorf("%q: %+v, want %q by %q", tt.at.Path, steps, tt.text, tt.command)
		}
	}
}

// TestAdviceOutsideFiles: what stands in no file is not amended by its path.
func TestAdviceOutsideFiles(t *testing.T) {
	const id = "0123456789abcdef0123456789abcdef01234567"
	notes := []string{"refs/notes/commits"}
	for _, tt := range []struct {
		path    string
		refs    []string
		local   string // command before a push
		pushed  string // command of the last step after one; empty for history as a whole
		mention string // in the text before a push
	}{
		{"app.env", nil, "git commit --amend app.env", "", "amend the commit"},
		{"commit:" + id, nil, "git rebase -i 0123456789^", "", "git commit --amend"},
		{"tag:" + id, nil, `git tag -f -a "$(git tag --points-at ` + id + `)" '` + id + `^{}'`, `git tag -f -a "$(git tag --points-at ` + id + `)" '` + id + `^{}'`, "Make the tag anew"},
		{"ref:refs/heads/a b", nil, "git branch -m 'a b' NEW", "git branch -m 'a b' NEW", "name of a ref"},
		{"ref:refs/tags/x", nil, "git tag NEW 'x^{}' && git tag -d x", "git tag NEW 'x^{}' && git tag -d x", "name of a ref"},
		{"ref:refs/remotes/origin/a/b", nil, "git update-ref -d refs/remotes/origin/a/b", "git push origin --delete a/b", "name of a ref"},
		{"ref:refs/changes/1", nil, "git update-ref -d refs/changes/1", "git update-ref -d refs/changes/1", "name of a ref"},
		{id, notes, "git notes remove " + id, "git notes remove " + id, "a note"},
		{id[:2] + "/" + id[2:], notes, "git notes remove " + id, "git notes remove " + id, "a note"},
		{id, []string{"refs/heads/main", "refs/notes/a/b"}, "git notes --ref=a/b remove " + id, "git notes --ref=a/b remove " + id, "refs/notes/a/b"},
		{id, []string{"refs/heads/main"}, "git commit --amend " + id, "", "amend"},
		{"reflog:refs/heads/a", nil, "git reflog expire --expire=now refs/heads/a", "", "the text of a reflog"},
		{"blob:" + id, nil, "git for-each-ref --points-at " + id, "git for-each-ref --points-at " + id, "Delete that ref"},
		{"commit:message.txt", nil, "git commit --amend commit:message.txt", "", "amend"},
		{"tag:x", nil, "git commit --amend tag:x", "", "amend"},
	} {
		at := Situation{Exposure: scan.Committed, Path: tt.path, Refs: tt.refs}
		steps := Advice(nil, at)
		if steps[0].Command != tt.local || !strings.Contains(steps[0].Text, tt.mention) {
			t.Errorf("%s, not pushed: %q by %q, want %q by %q", tt.path, steps[0].Text, steps[0].Command, tt.mention, tt.local)
		}
		at.Exposure = scan.Pushed
		steps = Advice(nil, at)
		if last := steps[len(steps)-1]; last.Action != "rewrite" || last.Command != tt.pushed {
			t.Errorf("%s, pushed: %+v, want the command %q", tt.path, last, tt.pushed)
		}
	}
}
