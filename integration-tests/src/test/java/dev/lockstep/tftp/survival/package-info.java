/**
 * What the worst networks and the worst peers do to both ends: nothing. Start with {@link
 * dev.lockstep.tftp.survival.Crossings}.
 */
package dev.lockstep.tftp.survival;
