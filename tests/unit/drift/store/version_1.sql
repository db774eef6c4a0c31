BEGIN TRANSACTION;
CREATE TABLE alert_items (
	id INTEGER NOT NULL, 
	alert INTEGER NOT NULL, 
	item INTEGER NOT NULL, 
	joined INTEGER NOT NULL, 
	healed INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(alert) REFERENCES alerts (id), 
	FOREIGN KEY(item) REFERENCES items (id), 
	FOREIGN KEY(joined) REFERENCES runs (id), 
	FOREIGN KEY(healed) REFERENCES runs (id)
);
INSERT INTO "alert_items" VALUES(1,1,3,2,3);
CREATE TABLE alerts (
	id INTEGER NOT NULL, 
	opened INTEGER NOT NULL, 
	closed INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(opened) REFERENCES runs (id), 
	FOREIGN KEY(closed) REFERENCES runs (id)
);
INSERT INTO "alerts" VALUES(1,2,3);
CREATE TABLE checks (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	component TEXT DEFAULT '' NOT NULL, 
	kind TEXT DEFAULT '' NOT NULL, 
	tier TEXT DEFAULT '' NOT NULL, 
	why TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
INSERT INTO "checks" VALUES(1,'plan/answers','plan','plan','quick','');
INSERT INTO "checks" VALUES(2,'acceptance/answers','acceptance','check','quick','');
INSERT INTO "checks" VALUES(3,'conda/check0','conda','check','quick','');
INSERT INTO "checks" VALUES(4,'conda/check1','conda','check','quick','');
INSERT INTO "checks" VALUES(5,'conda/check2','conda','check','quick','');
CREATE TABLE coverages (
	id INTEGER NOT NULL, 
	digest TEXT, 
	packed BLOB NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (digest)
);
INSERT INTO "coverages" VALUES(1,'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',X'789C030000000001');
INSERT INTO "coverages" VALUES(2,'5e5eaaedee30d405b4bcd0282a3775492e88b7847051a6e7b5074a072d026c5b',X'789C33D4B5000001280097');
CREATE TABLE events (
	id INTEGER NOT NULL, 
	run INTEGER NOT NULL, 
	node INTEGER, 
	kind TEXT DEFAULT '' NOT NULL, 
	text TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run) REFERENCES runs (id), 
	FOREIGN KEY(node) REFERENCES nodes (id)
);
CREATE TABLE items (
	id INTEGER NOT NULL, 
	node INTEGER NOT NULL, 
	check_id INTEGER NOT NULL, 
	first_run INTEGER NOT NULL, 
	boot TEXT DEFAULT '' NOT NULL, 
	retired INTEGER DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (node, check_id), 
	FOREIGN KEY(node) REFERENCES nodes (id), 
	FOREIGN KEY(check_id) REFERENCES checks (id), 
	FOREIGN KEY(first_run) REFERENCES runs (id)
);
INSERT INTO "items" VALUES(1,1,1,1,'',0);
INSERT INTO "items" VALUES(2,1,2,1,'',0);
INSERT INTO "items" VALUES(3,2,3,1,'b1',0);
INSERT INTO "items" VALUES(4,2,4,1,'b1',0);
INSERT INTO "items" VALUES(5,2,5,1,'b1',0);
INSERT INTO "items" VALUES(6,3,3,1,'b1',0);
INSERT INTO "items" VALUES(7,3,4,1,'b1',0);
INSERT INTO "items" VALUES(8,3,5,1,'b1',0);
CREATE TABLE measures (
	id INTEGER NOT NULL, 
	series INTEGER NOT NULL, 
	run INTEGER NOT NULL, 
	value FLOAT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(series) REFERENCES series (id), 
	FOREIGN KEY(run) REFERENCES runs (id)
);
INSERT INTO "measures" VALUES(1,1,1,41.0);
CREATE TABLE nodes (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	machine TEXT DEFAULT '' NOT NULL, 
	boot TEXT DEFAULT '' NOT NULL, 
	packages TEXT DEFAULT '' NOT NULL, 
	profile TEXT DEFAULT '' NOT NULL, 
	maintenance TEXT DEFAULT '' NOT NULL, 
	simulated INTEGER DEFAULT '0' NOT NULL, 
	removed INTEGER DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
INSERT INTO "nodes" VALUES(1,'fleet','','','','','',0,0);
INSERT INTO "nodes" VALUES(2,'n1','m-n1','b1','p1','d1','',0,0);
INSERT INTO "nodes" VALUES(3,'n2','m-n2','b1','p1','d1','',0,0);
CREATE TABLE outbox (
	id INTEGER NOT NULL, 
	alert INTEGER NOT NULL, 
	kind TEXT DEFAULT '' NOT NULL, 
	title TEXT DEFAULT '' NOT NULL, 
	body TEXT DEFAULT '' NOT NULL, 
	created FLOAT NOT NULL, 
	sent FLOAT, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(alert) REFERENCES alerts (id)
);
INSERT INTO "outbox" VALUES(1,1,'opened','trueup: n1: conda/check0 no longer in order (alert 1)','n1: conda/check0
  expected: one
  actual: another
  remedy: mend it',1800003600.0,NULL,0);
INSERT INTO "outbox" VALUES(2,1,'closed','trueup: n1: conda/check0 in order again (alert 1)','n1: conda/check0',1800007200.0,NULL,0);
CREATE TABLE periods (
	id INTEGER NOT NULL, 
	item INTEGER NOT NULL, 
	outcome TEXT NOT NULL, 
	since INTEGER NOT NULL, 
	until INTEGER, 
	expected TEXT DEFAULT '' NOT NULL, 
	actual TEXT DEFAULT '' NOT NULL, 
	remedy TEXT DEFAULT '' NOT NULL, 
	notes TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(item) REFERENCES items (id), 
	FOREIGN KEY(since) REFERENCES runs (id), 
	FOREIGN KEY(until) REFERENCES runs (id)
);
INSERT INTO "periods" VALUES(1,1,'pass',1,NULL,'','','','');
INSERT INTO "periods" VALUES(2,2,'pass',1,NULL,'','','','');
INSERT INTO "periods" VALUES(3,3,'pass',1,2,'','','','');
INSERT INTO "periods" VALUES(4,4,'pass',1,NULL,'','','','');
INSERT INTO "periods" VALUES(5,5,'pass',1,NULL,'','','','');
INSERT INTO "periods" VALUES(6,6,'pass',1,NULL,'','','','');
INSERT INTO "periods" VALUES(7,7,'pass',1,NULL,'','','','');
INSERT INTO "periods" VALUES(8,8,'pass',1,NULL,'','','','');
INSERT INTO "periods" VALUES(9,3,'fail',2,3,'one','another','mend it','');
INSERT INTO "periods" VALUES(10,3,'pass',3,NULL,'','','','');
CREATE TABLE runs (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	"key" TEXT NOT NULL, 
	started FLOAT NOT NULL, 
	seconds FLOAT NOT NULL, 
	kind TEXT DEFAULT '' NOT NULL, 
	tier TEXT DEFAULT '' NOT NULL, 
	status INTEGER NOT NULL, 
	versions TEXT DEFAULT '' NOT NULL, 
	coverage INTEGER NOT NULL, 
	UNIQUE ("key"), 
	FOREIGN KEY(coverage) REFERENCES coverages (id)
);
INSERT INTO "runs" VALUES(1,'first',1800000000.0,1.0,'drift','quick',0,'{"trueup": "0.1.0"}',2);
INSERT INTO "runs" VALUES(2,'second',1800003600.0,1.0,'drift','quick',1,'',2);
INSERT INTO "runs" VALUES(3,'third',1800007200.0,1.0,'drift','quick',0,'{"trueup": "0.1.0"}',2);
CREATE TABLE samples (
	id INTEGER NOT NULL, 
	item INTEGER NOT NULL, 
	run INTEGER NOT NULL, 
	failed INTEGER NOT NULL, 
	boot TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(item) REFERENCES items (id), 
	FOREIGN KEY(run) REFERENCES runs (id)
);
CREATE TABLE series (
	id INTEGER NOT NULL, 
	node INTEGER NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	last FLOAT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (node, name), 
	FOREIGN KEY(node) REFERENCES nodes (id)
);
INSERT INTO "series" VALUES(1,2,'temperature[0]',41.0);
CREATE TABLE trueup_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT trueup_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "trueup_version" VALUES('1');
CREATE INDEX events_of_run ON events (run);
CREATE INDEX periods_of_item ON periods (item, until);
CREATE INDEX periods_since ON periods (since);
CREATE INDEX samples_of_item ON samples (item);
CREATE INDEX measures_of_series ON measures (series, run);
CREATE INDEX members_of_alert ON alert_items (alert);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('runs',3);
COMMIT;
