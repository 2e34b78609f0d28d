package quiet

// What says that there is no password, and where a server is.

type account struct{ Password, ConnStr string }

var accounts = []account{
	{Password: "nopassword"},
	{Password: "no-password"},
	{Password: "testpass"},
	{ConnStr: "root@tcp(db.corp.test:3306)/app?parseTime=true"},
	{ConnStr: "host=db.corp.test user=app sslmode=disable"},
}
