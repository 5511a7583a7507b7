/** Reports of conformance checks: a table of text, JUnit XML, an HTML page, and captures. */
package dev.lockstep.tftp.client.conform.report;
