package analyzer

import (
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
)

// newFlow returns the analyzer that the passes about flow share: it follows
// secrets through one package, and tells of its functions what callers in
// others have to know.
func newFlow(s *settings) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: "keysiftflow", Doc: "follow secrets from where they are read to where they are written", URL: docURL,
		Run:              func(pass *analysis.Pass) (any, error) { return runFlow(s, pass) },
		ResultType:       reflect.TypeFor[*flow](),
		FactTypes:        []analysis.Fact{new(funcFact)},
		RunDespiteErrors: true,
	}
}

// A flow is what was found out of one package.
type flow struct {
	*env
	pass       *analysis.Pass
	pkg        *types.Package
	little     bool        // the package is little code, in which a weak name is enough
	tiedNames  *ties       // see there; nil until asked for
	reads      bool        // the package reads a language, whose words are called tokens
	keyStore   bool        // the package deals with keys by the names that a store gives them
	sessions   bool        // the package deals with the sessions of those who log in
	remote     bool        // the package calls procedures of others, whose sessions are no logins
	vault      bool        // the package talks to Vault, of which a client token is a credential
	kubernetes bool        // the package deals with objects that are called secrets, by their names
	halves     func() bool // whether the package speaks of secret keys
	summaries  map[*ssa.Function]*summary
	callers    map[*ssa.Function][]*ssa.CallCommon // of functions of the package, where they are known
	sinkMemo   map[*types.Func]*sinkRow
	paths      map[types.Object]bool // fields and variables that hold paths of files
	opened     map[ssa.Value]bool    // values that are such paths
	classes    map[string]nameClass
	foreign    map[*types.Named]bool // structs of other packages that hold a secret, as far as looked at
	at         *ssa.BasicBlock       // which is being looked through
	plain      bool                  // what is looked at is given to package fmt or log, which ask no method for loggers
	asJSON     bool                  // what is looked at is shown as JSON
	envParams  map[*ssa.Function]int // see envParam
	answers    bool                  // what is looked at is sent to whoever asked
	keepsWhole bool                  // what is looked at is given to a function that does not show all of a struct
	found      []finding
	clear      []clearText
}

// A finding is a secret that reaches a sink.
type finding struct {
	kind    sinkKind
	sink    string // name of the function
	via     string // how that passes it on, if it is no sink itself
	from    origin
	pos     token.Pos
	end     token.Pos
	arg     ast.Expr // as it is written; nil if it is not an argument
	call    *ast.CallExpr
	related []analysis.RelatedInformation
}

func runFlow(s *settings, pass *analysis.Pass) (any, error) {
	e, err := s.loaded()
	if err != nil {
		return nil, err
	}
	f := &flow{
		halves: sync.OnceValue(func() bool { return speaksOfSecretKey(pass.TypesInfo) }),
		env:    e, pass: pass, pkg: pass.Pkg, reads: readsLanguage(pass.Pkg.Path()) || readsLanguage(pass.Pkg.Name()) || dealsWith(pass.Pkg, "acme"),
		sessions: keepsLogins(pass.Pkg), remote: importsAny(pass.Pkg, rpcPackages), kubernetes: isKubernetes(pass.Pkg), vault: dealsWith(pass.Pkg, "vault") || dealsWith(pass.Pkg, "openbao"), keyStore: isKeyStore(pass.Pkg.Path()),
		little:    isLittle(pass.Files, pass.Pkg, modulePath(pass)),
		summaries: map[*ssa.Function]*summary{}, callers: map[*ssa.Function][]*ssa.CallCommon{}, sinkMemo: map[*types.Func]*sinkRow{}, paths: map[types.Object]bool{}, opened: map[ssa.Value]bool{}, classes: map[string]nameClass{}, foreign: map[*types.Named]bool{}, envParams: map[*ssa.Function]int{},
	}
	// Of the standard library a table tells what there is to know; and of code
	// that does not compile there is no program to build.
	if isStandard(pass.Pkg.Path()) || len(pass.TypeErrors) > 0 {
		return f, nil
	}
	need := f.survey()
	if !need.any() {
		return f, nil
	}
	f.follow(f.tryBuild(need.names))
	return f, nil
}

// tryBuild is build for a package that compiles while something it imports does
// not: of such the builder may meet objects that it does not know, and stops.
func (f *flow) tryBuild(names bool) (funcs []*ssa.Function) {
	defer func() {
		if recover() != nil {
			funcs = nil // there is no program to follow
		}
	}()
	return f.build(names)
}

// build makes the SSA form of the package. Names of variables cost memory and
// are kept only if one of them matters.
func (f *flow) build(names bool) []*ssa.Function {
	prog := ssa.NewProgram(f.pass.Fset, 0)
	for _, p := range f.pkg.Imports() {
		prog.CreatePackage(p, nil, nil, true)
	}
	pkg := prog.CreatePackage(f.pkg, slim(f.pass.Files), f.pass.TypesInfo, false)
	pkg.SetDebugMode(names)
	pkg.Build()
	var funcs []*ssa.Function
	for _, file := range f.pass.Files {
		for _, d := range file.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if obj, ok := f.pass.TypesInfo.Defs[fd.Name].(*types.Func); ok {
				if fn := prog.FuncValue(obj); fn != nil {
					funcs = append(funcs, fn)
				}
			}
		}
	}
	return append(funcs, pkg.Func("init"))
}

// follow looks through all functions, and exports what is known of them.
func (f *flow) follow(funcs []*ssa.Function) {
	for _, fn := range funcs {
		f.each(fn, f.noteCalls)
	}
	f.spreadPaths()
	for _, fn := range funcs {
		f.each(fn, func(fn *ssa.Function) { f.summarize(fn) })
	}
	for _, fn := range funcs {
		obj := object(fn)
		if obj == nil || obj.Pkg() != f.pkg || !obj.Exported() {
			continue
		}
		s := f.summarize(fn)
		f.summarizeResults(fn, s)
		s.Env = f.envParamOf(fn, 0) + 1
		if len(s.Sinks)+len(s.Results)+s.Env > 0 {
			f.pass.ExportObjectFact(obj, &s.funcFact)
		}
	}
}

// each calls visit for fn and the functions written in it.
func (f *flow) each(fn *ssa.Function, visit func(*ssa.Function)) {
	if fn == nil {
		return
	}
	visit(fn)
	for _, anon := range fn.AnonFuncs {
		f.each(anon, visit)
	}
}

// noteCalls records who calls the functions of the package, and what is opened.
func (f *flow) noteCalls(fn *ssa.Function) {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if call := common(instr); call != nil && !call.IsInvoke() {
				f.notePaths(call)
				f.notePathParams(call)
				to, ok := call.Value.(*ssa.Function)
				if ok && to.Origin() != nil {
					to = to.Origin() // of which the body is looked through
				}
				if ok && to.Pkg != nil && to.Pkg.Pkg == f.pkg {
					f.callers[to] = append(f.callers[to], call)
				}
			}
		}
	}
}

func (f *flow) importFact(fn *types.Func, fact *funcFact) bool {
	return f.pass.ImportObjectFact(fn, fact)
}

// classify is that of env, which remembers.
func (f *flow) classify(name string) nameClass {
	class, ok := f.classes[name]
	if !ok {
		class = f.env.classify(name)
		if class != notSecret && f.isOther(name) {
			class = notSecret
		}
		f.classes[name] = class
	}
	return class
}

// summarize looks for sinks in a function, once. A function that is asked for
// while it is being looked through gives what is known so far.
func (f *flow) summarize(fn *ssa.Function) *summary {
	s := f.summaries[fn]
	if s != nil {
		return s
	}
	s = &summary{}
	f.summaries[fn] = s
	defer func(at *ssa.BasicBlock) { f.at = at }(f.at)
	for _, b := range fn.Blocks {
		f.at = b
		for _, instr := range b.Instrs {
			f.instruction(instr)
		}
	}
	return s
}

// summarizeResults finds what the results of a function hold, once.
func (f *flow) summarizeResults(fn *ssa.Function, s *summary) {
	if s.results {
		return
	}
	s.results = true
	defer func(at *ssa.BasicBlock) { f.at = at }(f.at)
	other := map[int]bool{} // results that are something else on some way
	for _, b := range fn.Blocks {
		if len(b.Instrs) == 0 {
			continue
		}
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		f.at = b
		for i, v := range ret.Results {
			if carries(v.Type()) && !isConst(v) && !f.resultOf(s, fn, i, v) {
				other[i] = true
			}
		}
	}
	for i := range other {
		s.dropSecret(i)
	}
}

// resultOf notes what a result holds on one way out of a function. It reports
// whether that is a secret.
func (f *flow) resultOf(s *summary, fn *ssa.Function, i int, v ssa.Value) bool {
	secret := false
	for _, o := range f.origins(v, true) {
		secret = secret || o.param == nil
		switch {
		case o.param != nil && o.param.Parent() == fn:
			s.addResult(resultFlow{Result: i, Param: paramIndex(o.param)})
		case o.param == nil && !isConstructed(v):
			s.addResult(resultFlow{Result: i, Param: -1, Secret: o.what, Named: o.named, Doubt: o.doubt})
		}
	}
	return secret
}

// isConstructed reports whether v is a new struct: what its fields hold is
// known by their names.
func isConstructed(v ssa.Value) bool {
	_, ok := derefType(v.Type()).Underlying().(*types.Struct)
	return ok
}

// instruction checks one instruction for being a sink.
func (f *flow) instruction(instr ssa.Instruction) {
	switch instr := instr.(type) {
	case *ssa.Panic:
		f.panics(instr)
	case *ssa.Store:
		f.stored(instr)
	case *ssa.Return:
		f.returned(instr)
	case ssa.CallInstruction:
		f.call(instr)
	}
}

func (f *flow) call(instr ssa.CallInstruction) {
	call := instr.Common()
	f.clearRequest(instr)
	if row := f.sinkOf(call); row != nil {
		f.sink(instr, row)
		return
	}
	if known := f.known(call); known != nil && len(known.Sinks) > 0 {
		f.wrapper(instr, known)
	}
}

// sink checks the arguments of a call that is a sink.
func (f *flow) sink(instr ssa.CallInstruction, row *sinkRow) {
	call := instr.Common()
	args := spread(call, row.arg)
	if row.format {
		args = f.shown(call, row.arg)
	}
	if row.one && len(args) > 1 {
		args = args[:1]
	}
	if row.funcs == "Publish" && row.pkg == "expvar" {
		f.published(instr)
		return
	}
	defer func(old bool) { f.asJSON = old }(f.asJSON)
	f.asJSON = inPackage("github.com/rs/zerolog", row.pkg)
	printed := isPrint(row)
	if printed && (showsOnPurpose(instr.Parent()) || f.isAnswer(instr.Parent(), call, row) || instructs(call, row)) {
		return
	}
	defer func(old bool) { f.plain = old }(f.plain)
	f.plain = isPlainPrint(call)
	defer func(old bool) { f.answers = old }(f.answers)
	f.answers = row.kind == sinkResponse
	name := calleeText(call)
	format := ""
	if all := arguments(call); row.format && row.arg < len(all) {
		format, _ = constString(all[row.arg])
	}
	for _, a := range args {
		if row.kind == sinkURL && !strings.Contains(row.funcs, "Query") && row.funcs != "SetPathParam" && f.isURLHead(a.value) || printed && isMarshalled(a.value) {
			continue
		}
		f.reach(a.value, row.kind == sinkURL, func(o origin) {
			if row.kind == sinkLog && (f.isWanted(o, call) || printed && f.isAskedFor(o, call, instr.Parent())) || row.kind == sinkResponse && (isOwnSession(o) || f.answersWith(o, row, a.value)) || f.isSpokenOf(o, format, a.index-row.arg-1) || f.isLookedFor(o, format) || o.named && parseFormat(format)[a.index-row.arg-1].hex && f.isWeak(o) {
				return // what is no text is part of some protocol
			}
			f.arrive(o, finding{kind: row.kind, sink: name, from: o}, instr, a.index)
		})
	}
}

// isPlainPrint reports whether a call prints as package fmt does, which asks no
// method that is there for loggers.
func isPlainPrint(call *ssa.CallCommon) bool {
	fn := callee(call)
	return fn != nil && inPackage("fmt|log|errors", pkgPath(fn.Pkg()))
}

// shown returns the format of a print and the arguments whose text it shows.
func (f *flow) shown(call *ssa.CallCommon, from int) []argument {
	args := spread(call, from)
	if len(args) == 0 {
		return nil
	}
	format, ok := constString(args[0].value)
	if !ok {
		return args
	}
	verbs := parseFormat(format)
	var out []argument
	for _, a := range args[1:] {
		if v, ok := verbs[a.index-args[0].index-1]; ok && v.shows {
			out = append(out, a)
		}
	}
	return out
}

// reach calls yield for the first secret that v comes from, or else for its
// parameters.
func (f *flow) reach(v ssa.Value, inURL bool, yield func(origin)) {
	found := f.origins(v, inURL)
	for _, o := range found {
		if o.what != "" {
			yield(o)
			return
		}
	}
	for _, o := range found {
		yield(o)
	}
}

// arrive records that an origin reaches a sink: a secret is a finding, a
// parameter is one where it is given a secret.
func (f *flow) arrive(o origin, found finding, instr ssa.CallInstruction, arg int) {
	if !f.isFinding(o, &found, instr) {
		return
	}
	found.call, found.arg = f.written(instr.Pos(), arg)
	switch {
	case found.arg != nil:
		found.pos, found.end = found.arg.Pos(), found.arg.End()
	case found.call != nil:
		found.pos, found.end = found.call.Pos(), found.call.End()
	default:
		found.pos = instr.Pos()
	}
	f.found = append(f.found, found)
}

// isFinding reports whether an origin that reaches a sink is a finding there: a
// parameter is one where the function is called.
func (f *flow) isFinding(o origin, found *finding, at ssa.Instruction) bool {
	if o.param != nil {
		f.passOn(o.param, found, at.Pos())
		return false
	}
	return found.kind != sinkURL || !isPresigned(o, at.Parent())
}

// passOn notes that a parameter reaches a sink.
func (f *flow) passOn(p *ssa.Parameter, found *finding, pos token.Pos) {
	fn := p.Parent()
	if found.kind == sinkError && !makesError(fn) {
		return
	}
	s := f.summaries[fn]
	if s == nil {
		s = f.summarize(fn)
	}
	at := f.pass.Fset.Position(pos)
	s.addSink(paramSink{Param: paramIndex(p), Kind: found.kind, Name: found.sink, Where: filepath.Base(at.Filename) + ":" + strconv.Itoa(at.Line), Via: found.via})
}

// makesError reports whether a function is there to make an error: others
// that fail show what they were given only then, and mostly not all of it.
func makesError(fn *ssa.Function) bool {
	results := fn.Signature.Results()
	return results.Len() == 1 && (isError(results.At(0).Type()) || hasMethod(results.At(0).Type(), "Error"))
}

// wrapper checks the arguments of a call of a function that passes them on to
// a sink.
func (f *flow) wrapper(instr ssa.CallInstruction, known *funcFact) {
	call := instr.Common()
	fn := callee(call)
	shift := len(call.Args) - len(arguments(call))
	defer func(old bool) { f.keepsWhole = old }(f.keepsWhole)
	f.keepsWhole = !showsAll(fn)
	defer func(old bool) { f.answers = old }(f.answers)
	for _, s := range known.Sinks {
		if s.Param < 0 || s.Param >= len(call.Args) {
			continue
		}
		f.answers = s.Kind == sinkResponse
		values := []argument{{call.Args[s.Param], s.Param - shift}}
		if call.Signature().Variadic() && s.Param == len(call.Args)-1 {
			values = f.variadic(call, s.Param-shift)
		}
		for _, a := range values {
			if s.Kind == sinkURL && isBody(call, a.value) {
				continue
			}
			f.reach(a.value, s.Kind == sinkURL, func(o origin) {
				found := finding{kind: s.Kind, sink: s.Name, via: s.Via, from: o}
				if fn != nil {
					found.sink, found.via = fn.Name(), s.way()
					found.related = []analysis.RelatedInformation{{Pos: fn.Pos(), Message: fn.Name() + " passes it on to " + found.via}}
				}
				f.arrive(o, found, instr, a.index)
			})
		}
	}
}

// showsAll reports whether a function that passes a struct on to a sink is there to
// show it, by its name: others take something of it, and log that.
func showsAll(fn *types.Func) bool {
	if fn == nil || isLoggerName(receiver(fn)) {
		return true
	}
	for _, w := range splitName(fn.Name()) {
		if showingWords[w] {
			return true
		}
	}
	return false
}

var showingWords = words("log logf logln logs print printf println debug debugf info infof warn warnf warning warningf error errorf errorw fatal fatalf panic panicf trace tracef notice " +
	"dump show display write output fail failf failed abort exit die report note notef audit verbose inspect")

// isBody reports whether a value that is given to a function for requests is
// what it sends in their body: pairs, with a method that has one.
func isBody(call *ssa.CallCommon, v ssa.Value) bool {
	if m, ok := v.(*ssa.MakeInterface); ok {
		v = m.X
	}
	if _, isMap := v.Type().Underlying().(*types.Map); !isMap {
		return false
	}
	return slices.ContainsFunc(call.Args, func(arg ssa.Value) bool {
		method, _ := constString(arg)
		return method == "POST" || method == "PUT" || method == "PATCH"
	})
}

// variadic returns the variadic arguments of a call that the format before
// them, if there is one, shows.
func (f *flow) variadic(call *ssa.CallCommon, from int) []argument {
	if from > 0 {
		args := arguments(call)
		if _, ok := constString(args[from-1]); ok && isText(args[from-1].Type()) {
			if shown := f.shown(call, from-1); len(shown) > 0 {
				return shown
			}
			if s, _ := constString(args[from-1]); len(parseFormat(s)) > 0 {
				return nil
			}
		}
	}
	return spread(call, from)
}

func calleeText(call *ssa.CallCommon) string {
	fn := callee(call)
	if b, ok := call.Value.(*ssa.Builtin); ok {
		return b.Name()
	}
	if fn == nil {
		if name := keptName(call.Value); name != "" {
			return name
		}
		return "call"
	}
	if recv := receiver(fn); recv != "" {
		if fa, ok := receiverOf(call).(*ssa.FieldAddr); ok && recv == "common" {
			recv = typeName(fa.X.Type()) // T of package testing
		}
		return recv + "." + fn.Name()
	}
	if fn.Pkg() != nil {
		return fn.Pkg().Name() + "." + fn.Name()
	}
	return fn.Name()
}
