import { existsSync } from 'node:fs';
import { constants } from 'node:os';

const chromium = '/usr/lib/chromium';

/**
 * Lets Dawn find SwiftShader, the software Vulkan driver inside Debian's Chromium, so that WebGPU runs without a GPU.
 *
 * Does nothing where `VK_ICD_FILENAMES` names another driver, or Chromium is not installed.
 */
export function useSoftwareVulkan(): void {
  const driver = `${chromium}/vk_swiftshader_icd.json`;
  if (!existsSync(driver)) return;
  process.env['VK_ICD_FILENAMES'] ??= driver;
  if (process.env['VK_ICD_FILENAMES'] !== driver) return;
  // Dawn asks for `libvulkan.so.1` by that name alone, and Debian does not install it along with Chromium. Once
  // loaded from Chromium's folder it answers to the name. It is no Node addon, so Node complains and unloads it,
  // unless RTLD_NODELETE (0x1000) forbids that.
  try {
    process.dlopen({ exports: {} }, `${chromium}/libvulkan.so.1`, constants.dlopen.RTLD_NOW | 0x1000);
  } catch {
    // Said to be no addon: as expected.
  }
}
