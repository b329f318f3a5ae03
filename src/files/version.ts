/** Of this library; files tell which one wrote them. It stands here too since a bundle has no package.json beside it. */
export const version = '0.2.0'
