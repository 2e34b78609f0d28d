package analyzer

import (
	"go/types"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// What is called a token or a secret may be a word, a page or the name of a
// thing. This file has what is written around such a name and says so.

// ownerWords are words of types whose tokens and secrets are no credentials:
// parts of a text, places in a list, public challenges, and names of things.
var ownerWords = words("lexer lexeme parser tokenizer scanner lookahead syntax expr stmt challenge page paging pagination pager paginator iterator cursor ref reference selector cname verification balancer")

// ownerSays reports whether the type that has a field or method says that what
// is called a token there is none.
func ownerSays(t types.Type) bool {
	return slices.ContainsFunc(splitName(typeName(t)), func(w string) bool { return ownerWords[w] })
}

// receiverSays does so for the variables of a method and the functions in it.
func receiverSays(fn *ssa.Function) bool {
	for fn != nil && fn.Parent() != nil {
		fn = fn.Parent()
	}
	if fn == nil || fn.Signature.Recv() == nil {
		return false
	}
	return ownerSays(fn.Signature.Recv().Type())
}

// tagSays reports whether the names that tags give a field are those of what is
// about a secret, as in `json:"secretName"`.
func tagSays(tag string) bool {
	if !strings.Contains(tag, ":") {
		return false
	}
	for _, name := range tagNames(tag) {
		if classify(name) == notSecret && slices.ContainsFunc(splitName(name), func(w string) bool { return negativeWords[w] }) {
			return true
		}
	}
	return false
}

// tagNames returns the names that a tag gives a field.
func tagNames(tag string) []string {
	var names []string
	for _, key := range [...]string{"json", "yaml", "toml", "xml", "hcl", "mapstructure", "url", "form", "env", "protobuf", "envconfig", "koanf"} {
		if name, _, _ := strings.Cut(reflect.StructTag(tag).Get(key), ","); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// publicKeys are words before "key" that, beside the secret of the same name,
// make the public half of a pair: an access key and its secret key.
var publicKeys = words("access app consumer")

// isPublicName reports whether a name is that of the public half of a pair, of
// which the other half is among others.
func isPublicName(name string, others []string) bool {
	parts := splitName(name)
	n := len(parts)
	if n < 2 || parts[n-1] != "key" || !publicKeys[parts[n-2]] || slices.Contains(parts, "secret") {
		return false
	}
	return slices.ContainsFunc(others, func(other string) bool {
		ws := splitName(other)
		if !slices.Contains(ws, "secret") {
			return false
		}
		return slices.Contains(ws, parts[n-2]) || ws[len(ws)-1] == "key" || len(ws) == 1
	})
}

// isPublicHalf reports whether a field is the public half of a pair in the same
// struct.
func isPublicHalf(t types.Type, field string) bool {
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	var others []string
	for i := range s.NumFields() {
		others = append(others, s.Field(i).Name())
	}
	return isPublicName(field, others)
}

// isEntryKey reports whether a field is the name under which the same struct has a
// value, or another of its package has one under that name: SecretKey beside
// SecretValue.
func isEntryKey(t types.Type, field string) bool {
	of, isKey := strings.CutSuffix(field, "Key")
	if !isKey {
		return false
	}
	if hasFields(t, of+"Value") {
		return true
	}
	n := named(t)
	if n == nil || n.Obj().Pkg() == nil {
		return false
	}
	scope := n.Obj().Pkg().Scope()
	return slices.ContainsFunc(scope.Names(), func(name string) bool {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		return ok && hasFields(tn.Type(), field, of+"Value")
	})
}

// hasFields reports whether a struct has fields of these names.
func hasFields(t types.Type, names ...string) bool {
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for i := range s.NumFields() {
		names = slices.DeleteFunc(names, func(name string) bool { return name == s.Field(i).Name() })
	}
	return len(names) == 0
}

// isPublicParam does so for a parameter.
func isPublicParam(p *ssa.Parameter) bool {
	var others []string
	for _, q := range p.Parent().Params {
		others = append(others, q.Name())
	}
	return isPublicName(p.Name(), others)
}

// nameEnds end the names of what says which thing it is and not what it holds.
var nameEnds = words("name names path file filename uri url urls kind type ref namespace arn")

func isNameOfThing(name string) bool {
	ws := splitName(name)
	return len(ws) > 0 && nameEnds[ws[len(ws)-1]]
}

// isGivenTo reports whether a value is given to a parameter of such a name.
func isGivenTo(v ssa.Value, named func(string) bool) bool {
	for _, ref := range refs(v) {
		call := common(ref)
		if call == nil {
			continue
		}
		params := call.Signature().Params()
		for i, a := range arguments(call) {
			if a == v && i < params.Len() && named(params.At(i).Name()) {
				return true
			}
		}
	}
	return false
}

// isThingName reports whether a value is the name of a thing: it is taken from a
// field or function that is called so, or given to a parameter that is.
func isThingName(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.UnOp:
		if at := storedIn(v); at != nil && isNameOfThing(at.Name()) {
			return true
		}
	case *ssa.Call:
		if fn := callee(&v.Call); fn != nil && isNameOfThing(fn.Name()) {
			return true
		}
	}
	return isGivenTo(v, isNameOfThing)
}

// isReadAs reports whether a text is read as a number, a time or the like: whatever
// it is called, it is the text of one.
func isReadAs(v ssa.Value) bool {
	return v != nil && slices.ContainsFunc(refs(v), func(ref ssa.Instruction) bool {
		call, ok := ref.(*ssa.Call)
		if !ok {
			return false
		}
		fn := callee(&call.Call)
		if fn == nil || pkgPath(fn.Pkg()) != "strconv" && pkgPath(fn.Pkg()) != "time" || len(call.Call.Args) == 0 {
			return false
		}
		return (strings.HasPrefix(fn.Name(), "Parse") || fn.Name() == "Atoi") && slices.Contains(call.Call.Args, v)
	})
}

// thingWords are the words of weak names that are also what objects are called
// in which secrets are kept, and lookedForTexts what messages say of such.
var (
	thingWords     = words("secret secrets credential credentials creds cookie")
	lookedForTexts = []string{"not found", "not exist", "no such", "n't exist", "n't find", "not find", "already exist", "namespace"}
)

// isWeak reports whether a secret is one only by a name that may mean others.
func (f *flow) isWeak(o origin) bool {
	return f.classify(o.name()) == weakName
}

// isLookedFor reports whether a message shows which object was looked for, and
// not a secret, of which nobody says that it does not exist.
func (f *flow) isLookedFor(o origin, format string) bool {
	if !o.named || format == "" {
		return false
	}
	name := o.name()
	ws := splitName(name)
	if len(ws) == 0 || f.classify(name) != weakName {
		return false
	}
	lower := strings.ToLower(format)
	if endsIn(ws, "token") {
		return strings.Contains(lower, "challenge") || strings.Contains(lower, "vocab") // which everybody may see
	}
	if !thingWords[ws[len(ws)-1]] {
		return false
	}
	return slices.ContainsFunc(lookedForTexts, func(text string) bool { return strings.Contains(lower, text) })
}

// isSpokenOf reports whether what a format says before or behind a value is that a
// weak name stands for something about a secret: "token name %s", "secret %s/%s".
func (f *flow) isSpokenOf(o origin, format string, verb int) bool {
	if !o.named || !f.isWeak(o) {
		return false
	}
	v := parseFormat(format)[verb]
	if strings.HasPrefix(v.after, "/") || strings.HasSuffix(v.before, "/") {
		return thingWords[o.lastWord()]
	}
	ws := splitName(v.before)
	if n := len(ws); n > 1 {
		ws = ws[n-2:]
	}
	return len(ws) == 2 && secretHeads[ws[0]] != notSecret && aboutWords[ws[1]]
}

// isPresigned reports whether what gets into a URL is what a function made for it,
// in one that is there to sign URLs: whoever holds the URL may use it, by design.
func isPresigned(o origin, fn *ssa.Function) bool {
	if !o.named || fn == nil {
		return false
	}
	if isSessionPart(o.name()) && signsQuery(fn) {
		return true
	}
	if !strings.HasPrefix(o.what, "result of ") {
		return false
	}
	ws := splitName(outermost(fn).Name())
	for i, w := range ws {
		if w == "presign" || w == "presigned" || w == "url" && i > 0 && (ws[i-1] == "sign" || ws[i-1] == "signed") {
			return true
		}
	}
	return false
}

// isSessionPart reports whether a name is that of the token of temporary credentials,
// which is of no use without the key that it came with.
func isSessionPart(name string) bool {
	ws := splitName(name)
	return endsIn(ws, "security", "token") || endsIn(ws, "session", "token") || endsIn(ws, "sts", "token")
}

// signsQuery reports whether a function puts a signature into the query of a URL.
func signsQuery(fn *ssa.Function) bool {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			call := common(instr)
			if call == nil {
				continue
			}
			args := arguments(call)
			if to := callee(call); to == nil || len(args) != 2 || to.Name() != "Set" && to.Name() != "Add" {
				continue
			}
			if key, ok := constString(args[0]); ok && slices.Contains(splitName(key), "signature") {
				return true
			}
		}
	}
	return false
}

// aboutWords follow the word of a secret in a text that speaks of something else.
var aboutWords = words("name names named id ids type types kind path file reference ref key accessor")

// isMarshalled reports whether v is a value as a whole in some encoding: printed
// to standard output that is what the program was asked for.
func isMarshalled(v ssa.Value) bool {
	for {
		switch x := v.(type) {
		case *ssa.MakeInterface:
			v = x.X
		case *ssa.Convert:
			v = x.X
		case *ssa.Extract:
			v = x.Tuple
		case *ssa.Call:
			fn := callee(&x.Call)
			return fn != nil && strings.HasPrefix(fn.Name(), "Marshal")
		default:
			return false
		}
	}
}

// isURLHead reports whether v, which becomes a URL as a whole, is named for a
// secret only weakly: then it is an address.
func (f *flow) isURLHead(v ssa.Value) bool {
	name := ""
	if p, ok := v.(*ssa.Parameter); ok {
		name = p.Name()
	} else if at := storedIn(v); at != nil {
		name = at.Name()
	}
	if name == "" {
		name = f.localName(v)
	}
	return f.classify(name) == weakName
}
