/**
 * PostgreSQL: a server that the program runs by itself, and the schema that it keeps in any server.
 */
package io.meridian.database;
