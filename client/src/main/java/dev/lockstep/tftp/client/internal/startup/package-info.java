/**
 * Optimizations that reduce the start-up time of a short run of {@code tftp}.
 */
package dev.lockstep.tftp.client.internal.startup;
