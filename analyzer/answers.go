package analyzer

import (
	"path"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A program may show a secret because somebody asked for it. This file tells such
// functions from those that give one away.

// showWords start the names of functions that are there to show something.
var showWords = words("print show display reveal export")

// showsOnPurpose reports whether a function is named for showing a secret to
// whoever asked for it: what it prints for them is no accident.
func showsOnPurpose(fn *ssa.Function) bool {
	for fn != nil && fn.Parent() != nil {
		fn = fn.Parent()
	}
	if fn == nil {
		return false
	}
	ws := splitName(fn.Name())
	return len(ws) > 1 && showWords[ws[0]] && classifyWords(ws[1:]) != notSecret
}

// makeWords are those of functions and commands that make a secret for whoever
// calls them, and commandWords the parts of paths below which commands are.
var (
	makeWords    = words("generate gen keygen genkey new create make show export issue mint")
	commandWords = words("cmd cmds cli command commands")
)

// isAnswer reports whether a print to standard output shows a secret that a command
// has made, as it says itself, or nothing but one that it is there to make, by its
// name: keygen, newTokenCommand. What is printed alone in plenty of code is for
// whoever reads the output.
func (f *flow) isAnswer(fn *ssa.Function, call *ssa.CallCommon, row *sinkRow) bool {
	if !printsOut(call) || row.arg >= len(arguments(call)) {
		return false
	}
	if f.isMadeHere(fn, call, row) {
		return true
	}
	if !f.isCommand() {
		return !f.little && saysYours(call, row)
	}
	if saysMade(call, row) || !f.little && (isAlone(call, row) || saysYours(call, row)) {
		return true
	}
	for fn != nil && fn.Parent() != nil {
		fn = fn.Parent()
	}
	return fn != nil && f.asksFor(splitName(fn.Name())) && isAlone(call, row)
}

// saysMade reports whether a print says in words that it shows what the program has
// just made: nobody but the reader is to know it.
func saysMade(call *ssa.CallCommon, row *sinkRow) bool {
	for _, a := range spread(call, row.arg) {
		text, _ := constString(a.value)
		if slices.ContainsFunc(strings.FieldsFunc(strings.ToLower(text), isNoLetter), func(w string) bool { return madeWords[w] }) {
			return true
		}
	}
	return false
}

// saysYours reports whether a print tells the reader about a secret of theirs: "Your
// password is %s".
func saysYours(call *ssa.CallCommon, row *sinkRow) bool {
	for _, a := range spread(call, row.arg) {
		text, _ := constString(a.value)
		ws := strings.FieldsFunc(strings.ToLower(text), isNoLetter)
		for i, w := range ws {
			if w == "your" && slices.ContainsFunc(ws[i+1:min(i+4, len(ws))], func(w string) bool { return secretHeads[w] != notSecret || w == "key" }) {
				return true
			}
		}
	}
	return false
}

func isNoLetter(r rune) bool { return r < 'a' || r > 'z' }

var madeWords = words("generated created generate")

// isCommand reports whether a package is a program or the commands of one.
func (f *flow) isCommand() bool {
	if f.pkg.Name() == "main" {
		return true
	}
	return slices.ContainsFunc(strings.Split(f.pkg.Path(), "/"), func(part string) bool { return commandWords[part] })
}

// asksFor reports whether the words of a function's name say that it makes or
// shows a secret.
func (f *flow) asksFor(ws []string) bool {
	for i, w := range ws {
		if w == "keygen" || w == "genkey" {
			return true
		}
		if !makeWords[w] {
			continue
		}
		for end := i + 2; end <= len(ws); end++ {
			if classifyWords(ws[i+1:end]) != notSecret || ws[end-1] == "key" || ws[end-1] == "keys" {
				return true
			}
		}
	}
	return false
}

// printsOut reports whether a call prints to standard output.
func printsOut(call *ssa.CallCommon) bool {
	fn := callee(call)
	if fn == nil {
		return false
	}
	if pkgPath(fn.Pkg()) != "fmt" {
		return writesOut(call, fn)
	}
	if !strings.HasPrefix(fn.Name(), "F") {
		return true
	}
	args := arguments(call)
	return len(args) > 0 && isStandardFile(args[0], "Stdout")
}

// isStandardFile reports whether w is the variable of package os with a name.
func isStandardFile(w ssa.Value, name string) bool {
	if m, ok := w.(*ssa.MakeInterface); ok {
		w = m.X
	}
	load, ok := w.(*ssa.UnOp)
	if !ok {
		return false
	}
	g, ok := load.X.(*ssa.Global)
	return ok && g.Pkg.Pkg.Path() == "os" && g.Name() == name
}

// instructs reports whether a print of a program is a text of several lines that
// tells whoever runs it what to do with a secret: that is for them to read.
func instructs(call *ssa.CallCommon, row *sinkRow) bool {
	if !printsOut(call) && !printsErr(call) {
		return false
	}
	for _, a := range spread(call, row.arg) {
		text, _ := constString(a.value)
		if strings.Count(strings.TrimSpace(text), "\n") < 2 {
			continue
		}
		if slices.ContainsFunc(strings.FieldsFunc(strings.ToLower(text), isNoLetter), func(w string) bool { return adviceWords[w] }) {
			return true
		}
	}
	return false
}

var adviceWords = words("run paste copy open visit browser scan enter save store write keep share send receive recipient receiver")

// printsErr reports whether a call prints to standard error.
func printsErr(call *ssa.CallCommon) bool {
	fn := callee(call)
	if fn == nil || pkgPath(fn.Pkg()) != "fmt" || !strings.HasPrefix(fn.Name(), "F") {
		return false
	}
	args := arguments(call)
	return len(args) > 0 && isStandardFile(args[0], "Stderr")
}

// isAlone reports whether a print shows one value and nothing beside it.
func isAlone(call *ssa.CallCommon, row *sinkRow) bool {
	args := spread(call, row.arg)
	if !row.format {
		return len(args) == 1
	}
	format, ok := constString(args[0].value)
	text := strings.TrimSpace(format)
	return ok && len(args) == 2 && (text == "%s" || text == "%v")
}

// isOwnSession reports whether a secret is the id of a session, which whoever is
// answered has to learn.
func isOwnSession(o origin) bool {
	return o.named && endsIn(splitName(o.name()), "session", "id")
}

// isWanted reports whether a program shows what it is for: an example the tokens and
// ids that it gets, and another the secret that it is named for.
func (f *flow) isWanted(o origin, call *ssa.CallCommon) bool {
	if !o.named || f.pkg.Name() != "main" {
		return false
	}
	word := o.lastWord()
	if isExample(placeOf(f.pass)) && (word == "token" || f.isWeak(o)) {
		return true
	}
	return printsOut(call) && word != "" && strings.HasSuffix(path.Base(f.pkg.Path()), word)
}
