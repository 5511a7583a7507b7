/** Reports of a {@link dev.lockstep.tftp.client.load.LoadResult} as text, as JSON and as an HTML page. */
package dev.lockstep.tftp.client.load.report;
