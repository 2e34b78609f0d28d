package analyzer

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ast/astutil"
	"golang.org/x/tools/go/ssa"
)

// Sinks that are known by more than the function that is called.

// streamSinks write to what they are methods of: see refineStream.
var streamSinks = []sinkRow{
	{pkg: "os", recv: "File", funcs: "Write WriteString", kind: sinkLog, one: true},
	{pkg: "net/http", recv: "ResponseWriter", funcs: "Write", kind: sinkResponse, one: true},
}

// builtinSink is that of print and println.
var builtinSink = sinkRow{pkg: "builtin", funcs: "print println", kind: sinkLog}

// refineStream decides by the receiver of a write where it goes: what is written to
// a file other than the streams of a program is not shown.
func refineStream(row *sinkRow, call *ssa.CallCommon) *sinkRow {
	if row.pkg != "os" {
		return row
	}
	if recv := receiverOf(call); recv != nil && (isStandardFile(recv, "Stdout") || isStandardFile(recv, "Stderr")) {
		return row
	}
	return nil
}

// unnamedSink returns what a call does that names no function: print, or one that is
// kept in a variable, a field or a parameter and is called as those of loggers are.
func unnamedSink(call *ssa.CallCommon) *sinkRow {
	if b, ok := call.Value.(*ssa.Builtin); ok {
		if b.Name() == "print" || b.Name() == "println" {
			return &builtinSink
		}
		return nil
	}
	sig := call.Signature()
	if call.IsInvoke() || sig.Results().Len() != 0 || !sig.Variadic() {
		return nil
	}
	n := sig.Params().Len()
	rest, ok := sig.Params().At(n - 1).Type().(*types.Slice)
	if !ok || !types.IsInterface(rest.Elem()) {
		return nil
	}
	base, isFormat := strings.CutSuffix(strings.ToLower(keptName(call.Value)), "f")
	if !logFuncs[base] {
		return nil
	}
	row := &sinkRow{kind: sinkLog}
	if isFormat && n > 1 && isText(sig.Params().At(n-2).Type()) {
		row.arg, row.format = n-2, true
	}
	return row
}

// logFuncs are names of functions that write logs, without their last letter if
// that says that they take a format.
var logFuncs = words("log debuglog errorlog logdebug loginfo logerror logwarn debug info warn warning error trace verbose print")

// keptName returns the name of what a function is kept in: a parameter, a field, a
// variable, or else of its type.
func keptName(v ssa.Value) string {
	switch v := v.(type) {
	case *ssa.Parameter:
		return v.Name()
	case *ssa.FreeVar:
		return v.Name()
	case *ssa.UnOp:
		if at := storedIn(v); at != nil && logFuncs[strings.TrimSuffix(strings.ToLower(at.Name()), "f")] {
			return at.Name()
		}
		if fv, ok := v.X.(*ssa.FreeVar); ok {
			return fv.Name()
		}
	}
	return typeName(v.Type())
}

// published checks what a function returns that is made a variable of expvar, which
// shows it to whoever asks.
func (f *flow) published(instr ssa.CallInstruction) {
	args := arguments(instr.Common())
	if len(args) != 2 {
		return
	}
	v := args[1]
	if m, ok := v.(*ssa.MakeInterface); ok {
		v = m.X
	}
	if c, ok := v.(*ssa.ChangeType); ok {
		v = c.X
	}
	if c, ok := v.(*ssa.MakeClosure); ok {
		v = c.Fn
	}
	fn, ok := v.(*ssa.Function)
	if !ok {
		return
	}
	defer func(at *ssa.BasicBlock) { f.at = at }(f.at)
	for _, b := range fn.Blocks {
		if len(b.Instrs) == 0 {
			continue
		}
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if !ok || len(ret.Results) != 1 {
			continue
		}
		f.at = b
		f.reach(ret.Results[0], false, func(o origin) {
			if o.what != "" {
				f.arrive(o, finding{kind: sinkLog, sink: "expvar.Publish", from: o}, instr, 1)
			}
		})
	}
}

// returned checks the text that an error has: a field of it that is named for a
// secret is shown wherever the error is.
func (f *flow) returned(ret *ssa.Return) {
	fn := ret.Parent()
	if fn.Name() != "Error" || fn.Signature.Recv() == nil || len(ret.Results) != 1 || fn.Signature.Params().Len() != 0 || !isText(ret.Results[0].Type()) {
		return
	}
	f.reach(ret.Results[0], false, func(o origin) {
		if o.param != nil || !strings.HasPrefix(o.what, "field ") || f.classify(o.name()) < strongName {
			return
		}
		found := finding{kind: sinkError, sink: "error " + typeName(fn.Signature.Recv().Type()), from: o, pos: ret.Pos(), end: ret.Pos()}
		if e := f.returnedExpr(ret); e != nil {
			found.pos, found.end = e.Pos(), e.End()
		}
		f.found = append(f.found, found)
	})
}

func (f *flow) returnedExpr(ret *ssa.Return) ast.Expr {
	file := fileOf(f.pass, ret.Pos())
	if file == nil {
		return nil
	}
	path, _ := astutil.PathEnclosingInterval(file, ret.Pos(), ret.Pos())
	for _, n := range path {
		if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) == 1 {
			return r.Results[0]
		}
	}
	return nil
}

// tellsField reports whether a field of an error of another package is part of its
// text, by its name.
func (f *flow) tellsField(t types.Type, field *types.Var) bool {
	n := named(t)
	return n != nil && n.Obj().Pkg() != nil && n.Obj().Pkg() != f.pkg && tellWords[strings.ToLower(field.Name())] && hasMethod(t, "Error")
}

var tellWords = words("msg message text detail details reason description")

// isPrint reports whether a sink is a print of a program, which may be for whoever
// runs it.
func isPrint(row *sinkRow) bool {
	return row.kind == sinkLog && (inPackage(row.pkg, "fmt") || row.pkg == "os" || row.pkg == cobraPackage)
}

const cobraPackage = "github.com/spf13/cobra"

// writesOut reports whether a call writes to standard output in another way than by
// package fmt.
func writesOut(call *ssa.CallCommon, fn *types.Func) bool {
	switch pkgPath(fn.Pkg()) {
	case "os":
		recv := receiverOf(call)
		return recv != nil && isStandardFile(recv, "Stdout")
	case cobraPackage:
		return strings.HasPrefix(fn.Name(), "Print") && !strings.HasPrefix(fn.Name(), "PrintErr")
	}
	return false
}

// answersWith reports whether a server that writes a secret to its answer is there to
// give it out: a token, and what it has put into a body of its own.
func (f *flow) answersWith(o origin, row *sinkRow, v ssa.Value) bool {
	return row.funcs == "Write" && (isMarshalled(v) || o.named && f.classify(o.name()) != secretPassword)
}

// isMadeHere reports whether all that a print shows has just been made by a function
// that makes secrets, in one that is there for that, by its name or that of its
// package: password := generatePassword() in keygen.
func (f *flow) isMadeHere(fn *ssa.Function, call *ssa.CallCommon, row *sinkRow) bool {
	if fn == nil || !isAlone(call, row) {
		return false
	}
	ws := slices.Concat(splitName(outermost(fn).Name()), splitName(lastPart(f.pkg.Path())), splitName(f.pkg.Name()))
	if !slices.ContainsFunc(ws, func(w string) bool { return generatorWords[w] }) {
		return false
	}
	args := spread(call, row.arg)
	v := args[len(args)-1].value
	if m, ok := v.(*ssa.MakeInterface); ok {
		v = m.X
	}
	if ex, ok := v.(*ssa.Extract); ok {
		v = ex.Tuple
	}
	made, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	to := callee(&made.Call)
	return to != nil && slices.ContainsFunc(splitName(to.Name()), func(w string) bool { return makeWords[w] || w == "random" })
}

var generatorWords = words("keygen genkey passgen pwgen generate generator gen")

// lastPart returns the last part of the path of a package.
func lastPart(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// isAskedFor reports whether a print belongs to a command that is there to show a
// secret, as its help says: Short: "print the access token".
func (f *flow) isAskedFor(o origin, call *ssa.CallCommon, at *ssa.Function) bool {
	if at == nil || at.Parent() == nil || !printsOut(call) {
		return false
	}
	file := fileOf(f.pass, at.Pos())
	if file == nil {
		return false
	}
	path, _ := astutil.PathEnclosingInterval(file, at.Pos(), at.Pos())
	for _, n := range path {
		lit, ok := n.(*ast.CompositeLit)
		if !ok {
			continue
		}
		for _, elt := range lit.Elts {
			kv, ok := elt.(*ast.KeyValueExpr)
			if !ok {
				continue
			}
			if key, ok := kv.Key.(*ast.Ident); ok && helpFields[key.Name] && f.saysShows(f.constOf(kv.Value), o) {
				return true
			}
		}
	}
	return false
}

var helpFields = words("Short Long Usage UsageText Synopsis Help Description")

// saysShows reports whether a help begins by saying that a command shows a secret.
func (f *flow) saysShows(help string, o origin) bool {
	ws := strings.FieldsFunc(strings.ToLower(help), isNoLetter)
	if len(ws) == 0 || !showWords[strings.TrimSuffix(ws[0], "s")] && !showVerbs[strings.TrimSuffix(ws[0], "s")] {
		return false
	}
	word := o.lastWord()
	return slices.ContainsFunc(ws[1:], func(w string) bool { return w == word || strings.TrimSuffix(w, "s") == word })
}

var showVerbs = words("get output generate create issue mint dump emit retrieve fetch")

func (f *flow) constOf(e ast.Expr) string {
	if tv := f.pass.TypesInfo.Types[e]; tv.Value != nil {
		return (&ties{f: f}).text(e)
	}
	return ""
}
