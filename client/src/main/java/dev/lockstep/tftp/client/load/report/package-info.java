/** A load's result in words, in JSON and as a page: all of one {@link dev.lockstep.tftp.client.load.LoadResult}. */
package dev.lockstep.tftp.client.load.report;
