package hard

type account struct{ Password, ConnStr string }

var accounts = []account{
	{Password: "notebook-kst"},                                   // want `hard-coded credential in field Password`
	{ConnStr: "root:$WORD@tcp(db.corp.test:3306)/app"},           // want `hard-coded`
	{ConnStr: "host=db.corp.test user=app password=$WORD ssl=1"}, // want `hard-coded`
}
