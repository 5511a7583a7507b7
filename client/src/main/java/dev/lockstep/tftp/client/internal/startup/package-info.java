/**
 * What makes a short run of {@code tftp} start quickly.
 */
package dev.lockstep.tftp.client.internal.startup;
