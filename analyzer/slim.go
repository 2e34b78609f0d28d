package analyzer

import (
	"go/ast"
	"strings"
)

// slim returns files without the bodies of generated functions that only copy,
// encode and decode. Of some packages they are nearly all there is, and a
// program of them would take several times the memory of the rest.
func slim(files []*ast.File) []*ast.File {
	out := make([]*ast.File, len(files))
	for i, file := range files {
		out[i] = file
		if ast.IsGenerated(file) {
			out[i] = withoutBulk(file)
		}
	}
	return out
}

func withoutBulk(file *ast.File) *ast.File {
	short := *file
	short.Decls = make([]ast.Decl, len(file.Decls))
	for i, d := range file.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok && isBulk(fd.Name.Name) {
			bodyless := *fd
			bodyless.Body = nil
			d = &bodyless
		}
		short.Decls[i] = d
	}
	return &short
}

// isBulk reports whether a generated function, by its name, only moves data.
func isBulk(name string) bool {
	for _, start := range [...]string{
		"Marshal", "Unmarshal", "XXX_", "DeepCopy", "Size", "String", "GoString", "Reset", "Proto", "Descriptor", "SwaggerDoc", "Equal",
		"encodeVarint", "skip", "sov", "soz", "valueTo", "Convert_", "autoConvert_", "SetDefaults", "MsgSize", "EncodeMsg", "DecodeMsg", "easyjson", "With", "OpenAPIModelName", "schema_", "IsInitialized",
	} {
		if strings.HasPrefix(name, start) {
			return true
		}
	}
	return false
}
