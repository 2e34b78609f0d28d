package report

import (
	"slices"
	"strings"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// A Situation is what of a finding decides which advice fits.
type Situation struct {
	Exposure scan.Exposure
	Severity rules.Severity
	Kind     rules.Kind
	Path     string // as the commands of the advice are to name it; empty for none
	// Repair is what keeps the file of a finding of kind file out of where it is
	// on the way to, as that finding's hint has it; empty if not known.
	Repair string
	Refs   []string // that hold the credential, as far as known
}

// Actions of steps that no provider has, because they are about git.
const (
	actionRemove  = "remove"  // take the credential out of where it stands
	actionIgnore  = "ignore"  // keep a file out of git, or of what is published
	actionRewrite = "rewrite" // take the credential out of history
)

// Advice returns the steps of remedy in the order that fits the situation,
// with those about git added. remedy may be nil.
//
// A credential that has left the machine, or of which that is not known, is
// revoked first if it grants much, and else replaced without downtime: create
// the second, deploy it, disable the old one, see that nothing breaks, audit
// what was done with it; history is rewritten last, if at all. One that has
// not been pushed is taken out of where it stands, and kept elsewhere.
func Advice(remedy *rules.Remedy, at Situation) []rules.Step {
	if remedy == nil {
		remedy = &rules.Remedy{}
	}
	if at.Kind == rules.Log || at.Kind == rules.Transport {
		return slices.Clone(remedy.Steps) // about code, the same wherever it is
	}
	var steps []rules.Step
	for _, action := range order(at) {
		if s, ok := gitStep(action, at); ok {
			steps = append(steps, s)
			continue
		}
		for _, s := range remedy.Steps {
			if s.Action == action {
				steps = append(steps, s)
			}
		}
	}
	return steps
}

func order(at Situation) []string {
	switch {
	case !hasLeft(at.Exposure) && at.Kind == rules.File:
		return []string{actionIgnore, "store"}
	case at.Exposure == scan.Ignored:
		return []string{actionIgnore, "store", "restrict"}
	case at.Exposure == scan.Unreachable:
		return []string{actionRemove, "revoke", "rotate", "deploy", "validate", "audit", "restrict", "store"}
	case !hasLeft(at.Exposure):
		return []string{actionRemove, "store", "restrict", "rotate", "revoke"}
	case at.Severity >= rules.High:
		return []string{"revoke", "rotate", "deploy", "validate", "audit", "restrict", "store", actionIgnore, actionRewrite}
	}
	return []string{"rotate", "deploy", "revoke", "validate", "audit", "restrict", "store", actionIgnore, actionRewrite}
}

// gitStep returns the step for an action about git.
func gitStep(action string, at Situation) (rules.Step, bool) {
	path := argument(at.Path)
	s := rules.Step{Action: action}
	switch action {
	case actionRewrite:
		if at.Exposure < scan.Pushed {
			return s, false
		}
		if text, command := siteOf(&at).rewrite(); text != "" {
			s.Text, s.Command = text+" Do not do that instead of revoking: clones, forks and caches keep the old one.", command
			return s, true
		}
		s.Text = "Rewrite history last, if at all, and never instead of revoking: clones, forks and caches keep the old commits."
	case actionIgnore:
		if hasLeft(at.Exposure) && (at.Kind != rules.File || at.Repair == "") {
			return s, false
		}
		s.Text, s.Command = ignoreText(at, path)
	case actionRemove:
		s.Text, s.Command = removeText(at, path)
	default:
		return s, false
	}
	return s, true
}

// argument returns path as a command's argument that no shell and no option
// parser takes for something else.
func argument(path string) string {
	switch {
	case path == "":
		return "FILE"
	case path[0] == '-':
		path = "./" + path
	}
	if isOdd(path) {
		return escapeQuote(path)
	}
	return scan.ShellWord(Visible(path))
}

// isOdd reports whether a path holds what no terminal shows as it is: it can
// stand neither in a command nor in an ignore list just so.
func isOdd(path string) bool {
	return strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// escapeQuote returns s as a word of those shells that read escapes in $'…',
// which most do.
func escapeQuote(s string) string {
	return "$'" + strings.ReplaceAll(Visible(strings.ReplaceAll(s, `\`, `\\`)), "'", `\'`) + "'"
}

// byHand returns what to do about a file that git takes along and of which
// keysift fix can write no ignore line, for the control characters in its name.
func byHand(path string) string {
	name := path[strings.LastIndexByte(path, '/')+1:]
	pattern := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(name))
	if strings.HasSuffix(pattern, " ") {
		pattern = pattern[:len(pattern)-1] + `\ `
	}
	return "Its name holds a control character, for which keysift fix writes no ignore line. Rename it or, by hand, add the line /" +
		Visible(pattern) + " to the .gitignore of its folder, where ? stands for that character."
}

func ignoreText(at Situation, path string) (text, command string) {
	odd := isOdd(at.Path)
	if at.Kind == rules.File && at.Repair != "" && !odd {
		return repairText(at.Repair, path)
	}
	switch at.Exposure {
	case scan.Ignored:
		return "Git ignores this file and does not publish it. See that images and packages leave it out too.", ""
	case scan.Unignored:
		if odd {
			return byHand(at.Path), ""
		}
		return "Have git ignore this file before somebody adds it.", "keysift fix " + path
	}
	text = "Take this file out of the index, which leaves it on disk, and have git ignore it."
	if odd {
		text += " " + byHand(at.Path)
	}
	return text, "git rm --cached " + path
}

// repairText turns the hint of a finding of kind file into a step. Whether
// keysift fix does it, the hint says.
func repairText(hint, path string) (text, command string) {
	if strings.Contains(hint, "keysift fix") {
		command = "keysift fix " + path
	}
	text = strings.TrimPrefix(hint, "To repair: ")
	text = strings.Replace(text, " (keysift fix does it)", "", 1)
	if strings.HasPrefix(text, "git ") {
		text = "run " + text
	}
	text = strings.ToUpper(text[:1]) + text[1:]
	return text + ".", command
}

func removeText(at Situation, path string) (text, command string) {
	s := siteOf(&at)
	if s.kind == inReflog {
		return s.remove()
	}
	const prune = "git reflog expire --expire-unreachable=now --all && git gc --prune=now"
	switch at.Exposure {
	case scan.Unignored:
		if isOdd(at.Path) {
			return "It is not committed yet. Read it from the environment, or have git ignore the file. " + byHand(at.Path), ""
		}
		return "It is not committed yet. Read it from the environment, or have git ignore the file.", "keysift fix " + path
	case scan.Staged:
		// Unlike git restore, which wants a HEAD, this works before the first commit.
		return "It is not committed yet. Take the file out of the index, which leaves it on disk.", "git reset -q -- " + path
	case scan.Unreachable:
		return "No branch or tag reaches this object, but it may have been pushed before: if so, or if you are not sure, revoke the credential. Then remove what git keeps of it.", prune
	case scan.Stash:
		return "It stands in a stash, which is not pushed. Drop that stash, and take it out of what you restore from it.", "git stash list"
	case scan.Reflog:
		return "Only the reflog still holds it. Expire that and remove the object.", prune
	}
	if text, command := s.remove(); text != "" {
		return text, command
	}
	return "It is committed and not pushed. Take it out of the file and amend the commit, or rebase if it is an older one, before you push.",
		"git commit --amend " + path
}
